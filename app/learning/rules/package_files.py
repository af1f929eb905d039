"""Which files a learning package may hold, by name: no way out of its folder, known types only."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from urllib.parse import unquote

MOST_FILES = 4000
MOST_NAME = 240
RUN_TIME = "~"
"""The first folder of our own addresses inside a package's; no file of a package begins so."""
_PAGE = "text/html; charset=utf-8"
PAGE_TYPES = frozenset({_PAGE, "application/xhtml+xml"})
TYPES: Mapping[str, str] = MappingProxyType(
    {
        "html": _PAGE, "htm": _PAGE, "xhtml": "application/xhtml+xml",
        "js": "text/javascript; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8", "json": "application/json", "map": "application/json",
        "xml": "application/xml", "xsd": "application/xml", "dtd": "text/plain",
        "xsl": "application/xml", "txt": "text/plain; charset=utf-8", "md": "text/plain",
        "csv": "text/csv", "vtt": "text/vtt; charset=utf-8", "srt": "text/plain; charset=utf-8",
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
        "webp": "image/webp", "svg": "image/svg+xml", "ico": "image/x-icon", "bmp": "image/bmp",
        "cur": "image/x-icon", "avif": "image/avif",
        "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg",
        "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg",
        "wav": "audio/wav", "aac": "audio/aac",
        "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
        "eot": "application/vnd.ms-fontobject", "pdf": "application/pdf",
        "wasm": "application/wasm", "bin": "application/octet-stream",
        "dat": "application/octet-stream", "glb": "model/gltf-binary",
        "gltf": "model/gltf+json", "properties": "text/plain; charset=utf-8",
    }
)  # fmt: skip
_LEFT_OUT = re.compile(r"(^|/)(__MACOSX|\.[^/]*|Thumbs\.db|desktop\.ini)(/|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]")


class PackageFlawError(ValueError):
    """A package that is not taken: what is wrong and what to do, in sentences for its author."""


def clean_name(name: str) -> str | None:
    """The path of a file inside the package; None for what systems add and nobody asks for.

    Raises PackageFlawError for a name that leads out of the package, or is no plain name.
    """
    plain = unicodedata.normalize("NFC", name.replace("\\", "/"))
    steps = plain.split("/")
    is_outside = plain.startswith("/") or re.match(r"[A-Za-z]:", plain) or ".." in steps
    if is_outside or _FORBIDDEN.search(plain):
        raise _refused(name, "的位置在课件包之外，或者含有不允许的符号")
    if len(plain) > MOST_NAME or any(step in {"", "."} for step in steps):
        raise _refused(name, "的名称太长，或者写法不对")
    if _LEFT_OUT.search(plain):
        return None
    if steps[0].startswith(RUN_TIME):
        raise _refused(name, f"以“{RUN_TIME}”开头，这是平台自己用的")
    return plain


def type_of(name: str) -> str:
    """The type under which a file is served. Raises PackageFlawError for one that is not taken.

    A name without an ending (LICENSE, CHANGELOG) is data that no browser runs.
    """
    last = name.rpartition("/")[2]
    found = TYPES.get(last.rpartition(".")[2].lower()) if "." in last else TYPES["bin"]
    if found is None:
        raise _refused(name, "的类型不在允许之列（网页、样式、脚本、图片、音视频、字体、PDF）")
    return found


def file_asked(address: str, names: Iterable[str] | Mapping[str, object]) -> str | None:
    """The file among `names` that an address of a manifest means; None where there is none."""
    plain = unicodedata.normalize("NFC", unquote(re.split(r"[?#]", address, maxsplit=1)[0]))
    steps: list[str] = []
    for step in plain.replace("\\", "/").split("/"):
        if step == "..":
            if not steps:
                return None
            steps.pop()
        elif step not in {"", "."}:
            steps.append(step)
    wanted = "/".join(steps)
    return wanted if wanted in names else None


def _refused(name: str, reason: str) -> PackageFlawError:
    shown = "".join(char if char.isprintable() else "?" for char in name[:80])
    return PackageFlawError(f"课件包里的“{shown}”{reason}。请从制作软件里重新导出后再上传。")
