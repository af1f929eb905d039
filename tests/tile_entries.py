"""Bundles of the log's entries, read as c2sp.org/tlog-tiles has them."""


def unbundle(raw: bytes) -> list[bytes]:
    """Cut a bundle into its entries; raises ValueError where it breaks off."""
    entries, place = [], 0
    while place < len(raw):
        end = place + 2 + int.from_bytes(raw[place : place + 2], "big")
        if len(raw) < place + 2 or end > len(raw):
            msg = "a bundle that breaks off in the middle of an entry"
            raise ValueError(msg)
        entries.append(raw[place + 2 : end])
        place = end
    return entries
