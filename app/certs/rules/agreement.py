"""Whether a credential states what the register does, member by member. Pure.

Our key under it shows that our key was there, not that we issued this: one that leaked signs
another under a true page and number. Sentences around the values may be worded anew; values not.
"""

from collections.abc import Mapping
from typing import Any

from app.certs.rules.credential import Issuer, StatusPlace, credential
from app.certs.rules.facts import CertificateFacts


def difference(document: Mapping[str, Any], facts: CertificateFacts, place: tuple[Any, Any]) -> str:
    """The name of the first value that differs from the facts'; empty where none does.

    `place` is that in a status list: its number and the index; both None for one without.
    """
    try:
        given = _stated(document)
        expected = _stated(_as_issued(facts, place))
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        return "form"
    return next((name for name, value in expected.items() if given[name] != value), "")


def page_of(document: Mapping[str, Any]) -> str:
    """The public id at the end of the page's address; or nothing."""
    return page_address(document).rpartition("/")[2]


def page_address(document: Mapping[str, Any]) -> str:
    """The address of its page, which is the first evidence; or nothing."""
    try:
        return str(document["evidence"][0]["id"])
    except (KeyError, IndexError, TypeError):
        return ""


def number_of(document: Mapping[str, Any]) -> object:
    """The number that it states; None where it states none."""
    subject = document.get("credentialSubject")
    return subject.get("licenseNumber") if isinstance(subject, Mapping) else None


def name_of(document: Mapping[str, Any]) -> str:
    """The holder's name in full. Only of one that does not differ: what it is made of is known."""
    return str(document["credentialSubject"]["identifier"][0]["identityHash"])


def _as_issued(facts: CertificateFacts, place: tuple[Any, Any]) -> Mapping[str, Any]:
    """What is issued for these facts; of whom and where it is asked is compared elsewhere."""
    listed, index = place
    nobody = Issuer(did="", name="", address="")
    return credential(facts, "", nobody, StatusPlace(f"/{listed}", index))


def _stated(document: Mapping[str, Any]) -> dict[str, object]:
    subject = document["credentialSubject"]
    achievement, status = subject["achievement"], document["credentialStatus"]
    name, commitment = subject["identifier"]
    hours, score = subject["result"]
    page, evidence = document["evidence"]
    return {
        "title": document["name"],
        "number": subject["licenseNumber"],
        "page": page["id"].rpartition("/")[2],
        "name": (name["identityType"], name["hashed"]),
        "commitment": (
            commitment["identityType"], commitment["hashed"], commitment["identityHash"],
        ),
        "course": achievement["name"],
        "institution": achievement["creator"]["name"],
        "cluster": achievement.get("fieldOfStudy"),
        "hours": (hours["value"], subject["creditsEarned"]),
        "score": score["value"],
        "days": (subject["activityStartDate"], subject["activityEndDate"]),
        "evidence": evidence["id"],
        "validFrom": document["validFrom"],
        "validUntil": document.get("validUntil"),
        "status": (
            status["statusListCredential"].rpartition("/")[2], status["statusListIndex"],
            status["statusPurpose"],
        ),
    }  # fmt: skip
