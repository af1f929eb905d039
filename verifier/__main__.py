"""`python -m verifier BUNDLE.json --key VERIFIER-KEY`: accepts (0) or rejects (1), and says why."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, TextIO

from verifier.bundle import check
from verifier.log_proofs import RejectedError, read_key

_MOST_BYTES = 256 * 1024 * 1024


def main(arguments: list[str] | None = None) -> int:
    """Check one bundle."""
    parser = argparse.ArgumentParser(prog="python -m verifier", description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument(
        "--key", action="append", default=[], metavar="NAME+HASH+KEY",
        help="a verifier key of the log, or of a witness, that you have from elsewhere",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    try:
        bundle = _read(given.bundle)
        texts = given.key or bundle["log"]["keys"]
        found = check(bundle, [read_key(text) for text in texts])
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
        f"Log {found.tree.origin}, size {found.tree.size}, signed by "
        f"{', '.join(found.tree.signed_by)}; trusted: {pinned}.",
        0,
    )


def _read(path: Path) -> Any:  # noqa: ANN401 -- JSON, looked at by the checks
    if path.stat().st_size > _MOST_BYTES:
        raise RejectedError("the bundle is larger than 256 MiB")
    return json.loads(path.read_text(encoding="utf-8"))


def _say(where: TextIO, text: str, code: int) -> int:
    where.write(text + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
