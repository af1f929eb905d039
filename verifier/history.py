"""Whether a log has one history: what is shown, beside the checkpoint that the reader keeps."""

from collections.abc import Callable

from verifier.log_proofs import RejectedError, Tree, from_base64, is_consistent, read_checkpoint
from verifier.pinned import Pinned

Say = Callable[[str], object]
"""Takes what a reader should know and is no fault."""


class HistoryUnknownError(RejectedError):
    """What is at hand does not show that the log has one history, nor that it has two."""


def read_tree(note: str, pinned: Pinned, say: Say) -> Tree:
    """The record's checkpoint, signed by the log that is pinned, and of that log's one history."""
    try:
        tree = read_checkpoint(note, pinned.keys)
        known = read_checkpoint(pinned.checkpoint, pinned.keys) if pinned.checkpoint else None
    except RejectedError as error:
        raise RejectedError(f"step 6 (log): {error}") from error
    is_within = False
    if known is None:
        say("no checkpoint is pinned: the log's signature is all that speaks for its history")
    else:
        is_within = _is_one_history(known, tree, pinned, say) and tree.size <= known.size
    if tree.lacks:
        _check_witnessed(tree, known, is_within, say)
    return tree


def _check_witnessed(tree: Tree, known: Tree | None, is_within: bool, say: Say) -> None:  # noqa: FBT001
    """Not under a record's checkpoint, which was new when it was frozen, but under the one kept.

    The witnesses speak for a record whose log is the beginning of what they have signed.
    """
    if known is not None and known.lacks:
        raise RejectedError(
            f"step 6 (log): the witness {known.lacks[0]} has not signed the checkpoint you keep; "
            "keep `cosigned_checkpoint` of /api/v1/log"
        )
    if not is_within:
        say(
            f"the witness {tree.lacks[0]} has not signed the record's checkpoint, and nothing at "
            f"hand shows that its {tree.size} entries are the beginning of what it has: keep a "
            "later `cosigned_checkpoint` of /api/v1/log, and the proof from there to it"
        )


def _is_one_history(known: Tree, tree: Tree, pinned: Pinned, say: Say) -> bool:
    """Whether that is shown; raises RejectedError where the contrary is."""
    old, new = sorted((known, tree), key=lambda each: each.size)
    path = _growth(old, new, pinned)
    if old.origin != new.origin:
        raise RejectedError("step 6 (log): its checkpoint is another log's than the one you keep")
    if path is None:
        say(f"no proof from {old.size} to {new.size} is at hand: the two were not compared")
        return False
    if is_consistent(old, new, path):
        return True
    if old.size == new.size:
        raise RejectedError(
            "step 6 (log): its checkpoint and the one you keep are of one size with two roots; "
            "both are signed, so the log was forked: keep both"
        )
    # The proof itself is signed by nobody: one that does not fit may be broken.
    raise HistoryUnknownError(
        f"step 6 (log): the proof at hand from {old.size} to {new.size} does not lead from the one "
        "checkpoint to the other: get it again. If that one does not either, the log was forked: "
        "keep both checkpoints"
    )


def _growth(old: Tree, new: Tree, pinned: Pinned) -> list[bytes] | None:
    if old.size == new.size:
        return []
    for each in pinned.growth:
        if (each["old"], each["new"]) == (old.size, new.size):
            return [from_base64(step) for step in each["path"]]
    return None
