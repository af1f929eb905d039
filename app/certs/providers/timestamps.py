"""Asks a service when a signature was there already (RFC 3161), and reads what such a one says."""

import datetime as dt
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import cms, tsp
from pyhanko.sign.general import check_ess_certid
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from app.identity.providers.wire import Letter, Line, Ticks, VendorError

MOST_BYTES: Final = 12_000
"""Of a token that is put into a document; those of public services have four to seven thousand."""
_GRANTED: Final = frozenset({"granted", "granted_with_mods"})
_DIGESTS: Final = frozenset({"sha256", "sha384", "sha512"})
_REST_S: Final = 60.0
"""Who was away is not asked again before: a row of documents must not wait for each."""


class NoStampError(RuntimeError):
    """The service gave no usable time stamp; the message holds nothing personal."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A token (DER), the time that it states and the name in its certificate.

    The token is whole and about that signature. Whether its authority is to be believed is for
    whoever reads the document: none is trusted here.
    """

    token: bytes
    at: dt.datetime
    authority: str


class TimeStamps:
    """One service. `wait_s` bounds the whole exchange, however slowly it answers."""

    def __init__(self, address: str, *, wait_s: float = 5.0, ticks: Ticks = time.monotonic) -> None:
        self._line = Line(address, ticks=ticks)
        self._wait_s = wait_s
        self._ticks = ticks
        self._rests_until = float("-inf")

    def stamp(self, signature: bytes) -> Stamp:
        """Have a signature stamped. Raises NoStampError."""
        if self._ticks() < self._rests_until:
            message = "the service was away a moment ago"
            raise NoStampError(message)
        try:
            return self._ask(signature)
        except NoStampError:
            self._rests_until = self._ticks() + _REST_S
            raise

    def _ask(self, signature: bytes) -> Stamp:
        nonce = secrets.randbits(63)
        asked = tsp.TimeStampReq(
            {
                "version": 1,
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": hashlib.sha256(signature).digest(),
                },
                "nonce": nonce,
                "cert_req": True,
            }
        )
        headers = {
            "content-type": "application/timestamp-query", "accept": "application/timestamp-reply",
        }  # fmt: skip
        try:
            answer = self._line.exchange(Letter("", headers, asked.dump()), self._wait_s)
        except VendorError as error:
            raise NoStampError(str(error)) from None
        if answer.status != 200:
            message = f"status {answer.status}"
            raise NoStampError(message)
        token = _token_in(answer.body, nonce)
        stamp = read(token, signature) if len(token) <= MOST_BYTES else None
        if stamp is None:
            message = "no token, or one that is not whole, too long or about something else"
            raise NoStampError(message)
        return stamp

    def close(self) -> None:
        self._line.close()


def _token_in(body: bytes, nonce: int) -> bytes:
    """The token in an answer to that very question; empty where there is none."""
    try:
        answer = tsp.TimeStampResp.load(body, strict=True)
        token = answer["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        is_answer = answer["status"]["status"].native in _GRANTED and info["nonce"].native == nonce
        return bytes(token.dump()) if is_answer else b""
    except Exception:  # noqa: BLE001 -- foreign bytes; their parser raises what it likes
        return b""


def read(token: bytes, signature: bytes) -> Stamp | None:
    """Read a token about a signature; None where it is not whole, or about something else."""
    try:
        return _read(token, signature)
    except Exception:  # noqa: BLE001 -- as above
        return None


def _read(token: bytes, signature: bytes) -> Stamp | None:
    data = cms.ContentInfo.load(token, strict=True)["content"]
    content = data["encap_content_info"]
    info = content["content"].parsed
    imprint = info["message_imprint"]
    (signer,) = data["signer_infos"]
    own = _certificate_of(data, signer)
    digest_name = signer["digest_algorithm"]["algorithm"].native
    is_about_it = (
        content["content_type"].native == "tst_info"
        and imprint["hash_algorithm"]["algorithm"].native == "sha256"
        and imprint["hashed_message"].native == hashlib.sha256(signature).digest()
    )
    if not is_about_it or own is None or digest_name not in _DIGESTS:
        return None
    if not _names(signer, own):
        return None
    digest = hashlib.new(digest_name, bytes(content["content"])).digest()
    if validate_sig_integrity(signer, own, "tst_info", digest) != (True, True):
        return None
    at: dt.datetime = info["gen_time"].native
    return Stamp(token, at.astimezone(dt.UTC), str(own.subject.human_friendly)[:200])


def _names(signer: Any, own: Any) -> bool:  # noqa: ANN401 -- asn1crypto's own
    """Tell whether what is signed names that very certificate (RFC 3161, 2.4.1; RFC 5816)."""
    named = [
        each["values"][0]["certs"][0]
        for each in signer["signed_attrs"]
        if each["type"].native in {"signing_certificate", "signing_certificate_v2"}
    ]
    return bool(named) and all(check_ess_certid(own, each) for each in named)


def _certificate_of(data: Any, signer: Any) -> Any | None:  # noqa: ANN401 -- asn1crypto's own
    """The signer's certificate in a token, where it is one for stamping time."""
    wanted = signer["sid"].chosen
    for each in data["certificates"]:
        own = each.chosen
        usage = own.extended_key_usage_value
        is_meant = (
            isinstance(wanted, cms.IssuerAndSerialNumber)
            and own.issuer == wanted["issuer"]
            and own.serial_number == wanted["serial_number"].native
        )
        if is_meant and usage is not None and "time_stamping" in usage.native:
            return own
    return None
