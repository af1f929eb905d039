"""Learning packages made in the test: SCORM 1.2, SCORM 2004 and cmi5, with a page that reports."""

import io
import zipfile
from collections.abc import Mapping, Sequence

_ADL = 'xmlns="{ims}" xmlns:adlcp="{adl}"'
SCORM_12_SPACES = _ADL.format(
    ims="http://www.imsproject.org/xsd/imscp_rootv1p1p2",
    adl="http://www.adlnet.org/xsd/adlcp_rootv1p2",
)
SCORM_2004_SPACES = _ADL.format(
    ims="http://www.imsglobal.org/xsd/imscp_v1p1", adl="http://www.adlnet.org/xsd/adlcp_v1p3"
)
PAGE = (
    "<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def manifest_12(titles: Sequence[str], *, spaces: str = SCORM_12_SPACES) -> str:
    is_later = spaces == SCORM_2004_SPACES
    kind = "scormType" if is_later else "scormtype"
    version = "2004 4th Edition" if is_later else "1.2"
    items = "".join(
        f'<item identifier="I{n}" identifierref="R{n}"><title>{title}</title>'
        f"<adlcp:masteryscore>80</adlcp:masteryscore></item>"
        for n, title in enumerate(titles, 1)
    )
    resources = "".join(
        f'<resource identifier="R{n}" adlcp:{kind}="sco" href="sco{n}/index.html">'
        f'<file href="sco{n}/index.html"/></resource>'
        for n, _ in enumerate(titles, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest identifier="M" {spaces}>'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>"
        f'<organizations default="O"><organization identifier="O"><title>用电安全</title>{items}'
        f"</organization></organizations><resources>{resources}</resources></manifest>"
    )


def cmi5_structure(titles: Sequence[str]) -> str:
    units = "".join(
        f'<au id="https://example.com/au/{n}" moveOn="Completed" masteryScore="0.8">'
        f'<title><langstring lang="zh">{title}</langstring></title>'
        f'<description><langstring lang="zh">x</langstring></description>'
        f"<url>au{n}/index.html</url><launchParameters>p={n}</launchParameters></au>"
        for n, title in enumerate(titles, 1)
    )
    return (
        '<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">'
        '<course id="https://example.com/course"><title><langstring lang="zh">用电安全</langstring>'
        f"</title><description/></course>{units}</courseStructure>"
    )


def scorm_12(pages: Sequence[str] = ("",), more: Mapping[str, str | bytes] | None = None) -> bytes:
    """A SCORM 1.2 package; each page is the body of one SCO."""
    return _scorm(pages, SCORM_12_SPACES, more)


def scorm_2004(
    pages: Sequence[str] = ("",), more: Mapping[str, str | bytes] | None = None
) -> bytes:
    return _scorm(pages, SCORM_2004_SPACES, more)


def _scorm(
    pages: Sequence[str], spaces: str, more: Mapping[str, str | bytes] | None
) -> bytes:  # fmt: skip
    titles = [f"第 {n} 部分" for n, _ in enumerate(pages, 1)]
    files: dict[str, str | bytes] = {"imsmanifest.xml": manifest_12(titles, spaces=spaces)}
    for n, page in enumerate(pages, 1):
        files[f"sco{n}/index.html"] = page or PAGE.format(title=titles[n - 1])
    return zipped(files | dict(more or {}))


def cmi5(pages: Sequence[str] = ("",)) -> bytes:
    titles = [f"第 {n} 部分" for n, _ in enumerate(pages, 1)]
    files: dict[str, str | bytes] = {"cmi5.xml": cmi5_structure(titles)}
    for n, page in enumerate(pages, 1):
        files[f"au{n}/index.html"] = page or PAGE.format(title=titles[n - 1])
    return zipped(files)
