"""What a learning package says of itself: imsmanifest.xml (SCORM 1.2, SCORM 2004) or cmi5.xml.

Read for its parts (SCOs, assignable units) in their order and how each is opened. What it asks of
sequencing and rollup is not read: what counts is told by docs/hours.md, R29.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self

from app.learning.rules.package_files import PAGE_TYPES, PackageFlawError, file_asked, type_of
from app.learning.rules.plain_xml import Element, XmlError, read_xml

SCORM_12, SCORM_2004, CMI5 = "scorm_12", "scorm_2004", "cmi5"
NAMES = {SCORM_12: "SCORM 1.2", SCORM_2004: "SCORM 2004", CMI5: "cmi5"}
MANIFESTS = ("cmi5.xml", "imsmanifest.xml")
MOST_PARTS = 100
MOST_MANIFEST = 4 * 2**20
"""Bytes: an exporter that describes every file of thousands writes more than one MB."""
_MOST_ELEMENTS = 60_000
_MOST_TITLE, _MOST_TEXT = 120, 4096
_ABSOLUTE = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*:|//)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One SCO or assignable unit.

    `file` is its start page; `query` what its address carries behind it (`?…`, `#…`, or empty);
    `launch_data` and `mastery` (a number as text, or empty) are what the manifest hands to it.
    """

    identifier: str
    title: str
    file: str
    query: str = ""
    launch_data: str = ""
    mastery: str = ""
    move_on: str = ""

    def to_mapping(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_mapping(cls, given: dict[str, Any]) -> Self:
        return cls(**{name: str(given.get(name, "")) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Manifest:
    """`standard` is one of scorm_12, scorm_2004, cmi5."""

    standard: str
    title: str
    parts: tuple[Part, ...]


def read_manifest(name: str, content: bytes, files: Collection[str]) -> Manifest:
    """Read one of `MANIFESTS`; `files` are all names in the package.

    Raises PackageFlawError.
    """
    try:
        root = read_xml(content, most_bytes=MOST_MANIFEST, most_elements=_MOST_ELEMENTS)
    except XmlError as error:
        raise PackageFlawError(f"{name}：{error}。请从制作软件里重新导出后再上传。") from None
    found = _cmi5(root, files) if name == "cmi5.xml" else _scorm(root, files)
    if not found.parts:
        raise PackageFlawError(f"{name} 里没有可以打开的内容。请检查导出设置后重新导出。")
    if len(found.parts) > MOST_PARTS:
        raise PackageFlawError(f"课件包超过 {MOST_PARTS} 个部分。请分成几个课件包。")
    return found


def _scorm(root: Element, files: Collection[str]) -> Manifest:
    if root.name != "manifest":
        raise PackageFlawError("imsmanifest.xml 不是课件包的清单。请从制作软件里重新导出。")
    resources = {
        each.attributes.get("identifier", ""): each for each in root.elements("resource")
    }  # fmt: skip
    bases = [_base(root), *(_base(each) for each in root.elements("resources")[:1])]
    organisation = _organisation(root)
    parts = []
    for item in organisation.elements("item") if organisation else ():
        resource = resources.get(item.attributes.get("identifierref", ""))
        if resource is None or item.attributes.get("isvisible") == "false":
            continue
        parts.append(_item(item, resource, bases, files))
    if not parts:  # a package without a table of contents: its SCOs as they stand
        scos = [each for each in resources.values() if _kind(each) == "sco"]
        parts = [_item(each, each, bases, files) for each in scos]
    title = _title(organisation) if organisation else ""
    return Manifest(_scorm_version(root), title, tuple(parts))


def _scorm_version(root: Element) -> str:
    stated = root.first("schemaversion")
    said = stated.text().strip() if stated else ""
    is_later = "2004" in said or "1.3" in said
    is_later = is_later or any("scormType" in each.attributes for each in root.elements("resource"))
    return SCORM_2004 if is_later else SCORM_12


def _organisation(root: Element) -> Element | None:
    every = root.elements("organization")
    holder = root.first("organizations")
    wanted = holder.attributes.get("default", "") if holder else ""
    chosen = [each for each in every if each.attributes.get("identifier") == wanted]
    return next(iter(chosen or every), None)


def _kind(resource: Element) -> str:
    attributes = resource.attributes
    return (attributes.get("scormtype") or attributes.get("scormType") or "").lower()


def _base(element: Element) -> str:
    return element.attributes.get("base", "")


def _item(
    item: Element, resource: Element, bases: list[str], files: Collection[str]
) -> Part:  # fmt: skip
    href = "".join([*bases, _base(resource)]) + resource.attributes.get("href", "")
    parameters = item.attributes.get("parameters", "").strip()
    file, query = _opened(href, files)
    if parameters:
        mark = "" if parameters[0] in "?#&" else "?"
        query += parameters if not query else parameters.replace("?", "&", 1)
        query = mark + query if not query.startswith(("?", "#")) else query
    return Part(
        identifier=item.attributes.get("identifier", "")[:200], title=_title(item) or file,
        file=file, query=query[:_MOST_TEXT],
        launch_data=_said(item, "datafromlms", "dataFromLMS"),
        mastery=_number(_said(item, "masteryscore", "minNormalizedMeasure")),
    )  # fmt: skip


def _cmi5(root: Element, files: Collection[str]) -> Manifest:
    if root.name != "courseStructure":
        raise PackageFlawError("cmi5.xml 不是课程结构。请从制作软件里重新导出。")
    course = root.first("course")
    parts = []
    for unit in root.elements("au"):
        address = unit.first("url")
        file, query = _opened(address.text().strip() if address else "", files)
        parts.append(
            Part(
                identifier=unit.attributes.get("id", "")[:1000], title=_title(unit) or file,
                file=file, query=query[:_MOST_TEXT],
                launch_data=_said(unit, "launchParameters"),
                mastery=_number(unit.attributes.get("masteryScore", "")),
                move_on=unit.attributes.get("moveOn", "NotApplicable")[:40],
            )
        )  # fmt: skip
    return Manifest(CMI5, _title(course) if course else "", tuple(parts))


def _opened(address: str, files: Collection[str]) -> tuple[str, str]:
    """The start page and what stands behind it. Raises PackageFlawError."""
    if _ABSOLUTE.match(address):
        raise PackageFlawError(
            f"课件包的“{address[:80]}”在别的网站上。请把内容一起导出，放在课件包里面。"
        )
    file = file_asked(address, files)
    if file is None or type_of(file) not in PAGE_TYPES:
        raise PackageFlawError(
            f"清单里的“{address[:80]}”不在课件包里，或者不是网页。请重新导出后再上传。"
        )
    behind = re.search(r"[?#]", address)
    return file, address[behind.start() :] if behind else ""


def _title(element: Element) -> str:
    """Its own title, not one of what it holds; of several languages the first."""
    own = next(
        (each for each in element.children if isinstance(each, Element) and each.name == "title"),
        None,
    )
    if own is None:
        return ""
    text = own.first("langstring") or own
    return " ".join(text.text().split())[:_MOST_TITLE]


def _said(element: Element, *names: str) -> str:
    found = next(
        (
            each for each in element.elements(*names)
        ), None,
    )  # fmt: skip
    return found.text().strip()[:_MOST_TEXT] if found else ""


def _number(text: str) -> str:
    return text if re.fullmatch(r"-?\d{1,3}(\.\d{1,7})?", text) else ""
