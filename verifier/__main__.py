"""`python -m verifier BUNDLE.json --key VERIFIER-KEY`: accepts (0) or rejects (1), and says why.

`python -m verifier verify-certificate FILE --pinned FOLDER`: the same of one certificate.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from verifier.bundle import check
from verifier.canonical import read_text
from verifier.certificates import Certified
from verifier.credentials import OneProofError
from verifier.history import HistoryUnknownError
from verifier.issuer import read_issuer
from verifier.log_proofs import RejectedError, read_key
from verifier.pinned import read_pinned
from verifier.recipe import (
    HolderUnknownError,
    MakerUnknownError,
    NotACertificateError,
    NotValidError,
    StatusUnknownError,
    verify_certificate,
)

CERTIFICATE = "verify-certificate"
REJECTED, UNKNOWN, NOT_VALID, NO_CERTIFICATE = 1, 3, 4, 5
"""Exit codes: something does not hold; revocation, its holder, who made the page, or its other
proof, is unknown; revoked, replaced, or past its last day; ours, and no certificate."""
_MOST_BYTES = 256 * 1024 * 1024


def main(arguments: list[str] | None = None) -> int:
    """Check a bundle, or a certificate."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == [CERTIFICATE]:
        return _verify_certificate(given[1:])
    return _check_bundle(given)


def _check_bundle(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m verifier", description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument(
        "--key", action="append", default=[], metavar="NAME+HASH+KEY",
        help="a verifier key of the log, or of a witness, that you have from elsewhere",
    )  # fmt: skip
    parser.add_argument(
        "--did", type=Path, metavar="did.json",
        help="who signs certificates: the issuer's DID document, that you have from elsewhere",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    try:
        bundle = _read(given.bundle)
        texts = given.key or bundle["log"]["keys"]
        issuer = read_issuer(_read(given.did)) if given.did else None
        found = check(bundle, [read_key(text) for text in texts], issuer, now=_now())
    except RejectedError as error:
        return _say(sys.stderr, f"REJECTED: {error}", 1)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return _say(sys.stderr, f"REJECTED: the bundle cannot be read ({error!r})", 1)
    pinned = "a key given on the command line" if given.key else (
        "a key that came WITH THE BUNDLE: this does not show who made it; pin one with --key"
    )  # fmt: skip
    return _say(
        sys.stdout,
        f"ACCEPTED: learner {found.learner_id}, enrolment {found.enrolment_id}: "
        f"{found.confirmed_ms} ms confirmed in {found.entries} entries "
        f"({found.undisclosed} of other courses not shown), {found.sessions} sessions, "
        f"{found.batches} reports; {found.signed} of {found.releases} releases are signed by the "
        "device that studied.\n"
        f"The reports of {found.let_go} sessions were let go after their period: what they came to "
        "is what a leaf of the log says.\n"
        f"{found.corrected_ms} ms of it are corrections by people: no report stands behind them.\n"
        f"{''.join(map(_certified, found.certificates))}"
        f"{_LEFT_OUT if found.certificates else ''}"
        f"Log {found.tree.origin}, size {found.tree.size}, signed by "
        f"{', '.join(found.tree.signed_by)}; trusted: {pinned}.{_trusted_issuer(given.did)}",
        0,
    )


_LEFT_OUT = (
    "What happened to a certificate since (revoked, replaced) can be left out by whoever hands the "
    "bundle over: ask the status list, or its page.\n"
)
_ENDS: dict[type[Exception], tuple[str, int]] = {
    NotValidError: ("NOT VALID", NOT_VALID),
    StatusUnknownError: ("SIGNATURE GOOD, STATUS UNKNOWN", UNKNOWN),
    HistoryUnknownError: ("HISTORY UNKNOWN", UNKNOWN),
    HolderUnknownError: ("HOLDER UNKNOWN", UNKNOWN),
    MakerUnknownError: ("MAKER UNKNOWN", UNKNOWN),
    OneProofError: ("ONE PROOF OF TWO", UNKNOWN),
    NotACertificateError: ("NOT A CERTIFICATE", NO_CERTIFICATE),
}
"""How a check ends that neither holds in full nor is refused, and the exit code."""


def _verify_certificate(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"python -m verifier {CERTIFICATE}")
    parser.add_argument("file", type=Path, help="PDF, credential, record, or a text file of a code")
    parser.add_argument(
        "--pinned", type=Path, required=True, metavar="FOLDER",
        help="what you have from a source that you trust: did.json and more, see README.md",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    told: list[str] = []
    try:
        pinned = read_pinned(given.pinned)
        verify_certificate(given.file.read_bytes(), pinned, now=_now(), say=told.append)
    except tuple(_ENDS) as error:
        title, code = _ENDS[type(error)]
        return _say(sys.stderr, "\n".join([*told, f"{title}: {error}"]), code)
    except RejectedError as error:
        return _say(sys.stderr, f"REJECTED: {error}", REJECTED)
    except OSError as error:
        return _say(sys.stderr, f"REJECTED: cannot be read ({error})", REJECTED)
    return _say(sys.stdout, "\n".join([*told, "VALID: compare what it states with the paper."]), 0)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- a program by itself has no other clock


def _certified(found: Certified) -> str:
    later = f"; entries since then come to {found.later_ms} ms" if found.later_ms else ""
    since = "".join(f"; {name} at {at}" for at, name in found.since)
    return (
        f"Certificate {found.number}: {found.hours} hours for the {found.study_ms} ms of the "
        f"entries shown{', with its credential' if found.has_credential else ''}{later}{since}.\n"
    )


def _trusted_issuer(did: Path | None) -> str:
    return "" if did else " The issuer's keys are the bundle's own; pin them with --did."


def _read(path: Path) -> Any:  # noqa: ANN401 -- JSON, looked at by the checks
    if path.stat().st_size > _MOST_BYTES:
        raise RejectedError("the bundle is larger than 256 MiB")
    return json.loads(read_text(path.read_bytes()))


def _say(where: TextIO, text: str, code: int) -> int:
    where.write(text + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
