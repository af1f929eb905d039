"""Whether a PDF that no key of ours signed claims a page of ours all the same.

Every installation of this software signs under one name, so the name tells a forgery from another
platform's honest document as little as the number does: the page and the address do.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.certs import repository as rows
from app.certs.rules import agreement, portraits, scan
from app.certs.rules.did_web import did_of
from app.certs.services.published_keys import certificate_keys
from app.core.crypto import KeyRing


def has_page(db: Session, keys: KeyRing, pdf: bytes, addresses: Sequence[str]) -> bool:
    """Tell whether a PDF leads to us; `addresses` are ours, of today and before.

    By its record (our page, or a key of ours named in it), by its credential (our page, our name as
    its issuer, an address of ours), or by our address in plain bytes. Never raises.
    """
    if any(f"{address}/v/".encode() in pdf for address in addresses):
        return True
    names, hosts = {did_of(each) for each in addresses}, scan.hosts_of(addresses)
    return any(
        _names_us(each, names, hosts, certificate_keys(keys)) or is_known(db, _page_of(each))
        for each in portraits.documents_in(pdf)
    )


def named_host(pdf: bytes) -> str:
    """Where a PDF's credential has its page, wherever that is; nothing where it names none."""
    places = (scan.read_text(agreement.page_address(each)) for each in portraits.documents_in(pdf))
    return next((each.host for each in places if each is not None), "")


def _names_us(
    document: Mapping[str, Any], names: Collection[str], hosts: Collection[str],
    our_keys: Collection[str],
) -> bool:  # fmt: skip
    if "facts" in document:
        return str(document.get("key_id")) in our_keys
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    place = scan.read_text(agreement.page_address(document))
    return str(named) in names or (place is not None and place.host in hosts)


def _page_of(document: Mapping[str, Any]) -> str:
    facts = document.get("facts")
    if isinstance(facts, dict):
        return str(facts.get("public_id"))
    return agreement.page_of(document)


def is_known(db: Session, public_id: str) -> bool:
    """Tell whether there is such a page here, whatever a stranger may have written for its id."""
    return scan.is_page_id(public_id) and rows.by_public_id(db, public_id) is not None
