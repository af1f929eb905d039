"""Teaching materials (教材): which documents may be attached, told by their first bytes."""

MOST_BYTES = 20 * 2**20
MOST_OF_A_VERSION = 20
_OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    ".pdf": "application/pdf",
    ".docx": f"{_OFFICE}wordprocessingml.document",
    ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
    ".pptx": f"{_OFFICE}presentationml.presentation",
}
"""By the end of the name; what a browser would run is none of them."""


def type_of(name: str, content: bytes) -> str | None:
    """The type of a document whose name and first bytes agree; none of anything else."""
    end = name[name.rfind(".") :].lower() if "." in name else ""
    is_office = content.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in content
    is_fit = content.startswith(b"%PDF-") if end == ".pdf" else is_office
    return TYPES.get(end) if is_fit else None
