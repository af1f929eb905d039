"""A proof of hours 学时证明 as a signed file: whose signature, and whether its sums are right.

Steps 2, 3, 5 and 7 of docs/certificates.md, "Checking one by yourself". It says how things stood
when it was made, and has no status: more may have been learnt, or taken back, since.
"""

from collections.abc import Mapping
from typing import Any

from verifier.canonical import dumps
from verifier.issuer import is_signed
from verifier.log_proofs import RejectedError
from verifier.periods import ALWAYS, NOT_AT_HAND, Period
from verifier.records import from_base64url

FORMAT = "shixue-proof-2"
_SIGNED_AS = b"shixue-proof-2\n"
_MEMBERS = {"statement", "key_id", "signature"}


def read_proof_keys(listed: Any) -> dict[str, bytes]:  # noqa: ANN401 -- JSON, looked at here
    """The keys that sign proofs, as `/api/v1/verification/proofs/keys` has them.

    Raises RejectedError for what is no such list.
    """
    try:
        keys = {each["key_id"]: from_base64url(each["public_key"]) for each in listed}
    except (KeyError, TypeError, ValueError) as error:
        raise RejectedError(f"a list of keys cannot be read: {error!r}") from error
    if not all(keys.values()):
        raise RejectedError("a list of keys cannot be read: a public key is not base64url")
    return keys


def check_statement(
    file: Mapping[str, Any], keys: Mapping[str, bytes], periods: Mapping[str, Period] = NOT_AT_HAND
) -> Mapping[str, Any]:
    """What it states, once that is signed and adds up. Raises RejectedError.

    `periods` say when each key was in use, as far as that is at hand.
    """
    if set(file) != _MEMBERS:
        raise RejectedError("step 0 (read): it holds more than a statement and its signature")
    stated: Mapping[str, Any] = file["statement"]
    if stated["format"] != FORMAT:
        raise RejectedError("step 0 (read): a proof of a form that this verifier does not know")
    key = keys.get(file["key_id"])
    if key is None:
        raise RejectedError(
            f"step 2 (key): {file['key_id']!r:.60} is no key that you have for proofs of hours"
        )
    if not is_signed(key, from_base64url(file["signature"]), _SIGNED_AS + dumps(stated)):
        raise RejectedError("step 3 (signature): it does not fit; something was changed")
    periods.get(file["key_id"], ALWAYS).check(file["key_id"], stated["made_at"])
    if stated["number"] and not _is_number(stated["number"]):
        raise RejectedError("step 5 (number): this cannot be the number of a proof of hours")
    _check_sums(stated)
    return stated


def _check_sums(stated: Mapping[str, Any]) -> None:
    for course in stated["courses"]:
        total = sum(day["confirmed_ms"] for day in course["days"])
        if total != course["confirmed_ms"]:
            raise RejectedError(
                f"step 7 (agreement): the days of {course['title']} come to {total}"
            )
    if stated["confirmed_ms"] != sum(course["confirmed_ms"] for course in stated["courses"]):
        raise RejectedError("step 7 (agreement): the courses do not come to the total")


def sentence(stated: Mapping[str, Any]) -> str:
    """What it says, to compare with the person and the paper."""
    courses = "; ".join(
        f"{course['title']} {course['stated_hours']} ({course['confirmed_ms']} ms, policy "
        f"{course['policy_version']}, {course['ledger']['entries']} entries)"
        for course in stated["courses"]
    )
    return (
        f"it states: {stated['number']} {stated['holder_name']} {stated['masked_number']} "
        f"on {stated['made_on']}: {courses}"
    )


def _is_number(number: str) -> bool:
    """XS and fifteen digits of which the last one checks the others (ISO 7064 MOD 11,10)."""
    digits = number.removeprefix("XS")
    if not number.startswith("XS") or len(digits) != 15 or not set(digits) <= set("0123456789"):
        return False
    product = 10
    for digit in digits[:-1]:
        product = (product + int(digit)) % 10 or 10
        product = product * 2 % 11
    return int(digits[-1]) == (11 - product) % 10
