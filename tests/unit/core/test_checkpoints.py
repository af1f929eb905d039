"""Notes, keys and checkpoints against the published ones of Go's note package and C2SP."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import checkpoints
from app.core.checkpoints import Checkpoint, MalformedError, SignatureKind, VerifierKey
from app.core.signatures import SigningKey
from app.core.tiles import TileAddress, bundle, parse_tile_path
from tests.tile_entries import unbundle

# golang.org/x/mod/sumdb/note, note_test.go
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ"
    "b6KE6RyyBwJnAM=\n"
)
# c2sp.org/tlog-cosignature
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2"
    "q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2"
    "oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def _key(seed: bytes = bytes(32)) -> SigningKey:
    return SigningKey("0" * 8, Ed25519PrivateKey.from_private_bytes(seed))


def test_the_note_that_everybody_knows() -> None:
    key = VerifierKey.parse(PETER)
    assert key.text == PETER
    assert checkpoints.signers(f"{TEXT}\n{LINE}", [key]) == [key]
    assert checkpoints.sign_note(TEXT, "PeterNeumann", _key(PETER_SEED)).line == LINE


def test_every_altered_character_of_a_known_key_and_note_shows() -> None:
    for place in range(len(PETER)):
        altered = PETER[:place] + chr(ord(PETER[place]) + 1) + PETER[place + 1 :]
        with pytest.raises(MalformedError):
            VerifierKey.parse(altered)
    key, note = VerifierKey.parse(PETER), f"{TEXT}\n{LINE}"
    for place in range(len(note)):
        altered = note[:place] + ("A" if note[place] != "A" else "B") + note[place + 1 :]
        try:
            assert checkpoints.signers(altered, [key]) == []  # another name, or another hash
        except MalformedError:
            continue
    wrong_kind = VerifierKey("x", SignatureKind.ED25519, bytes(32)).text.replace("+AQ", "+Ag")
    with pytest.raises(MalformedError):
        VerifierKey.parse(wrong_kind)


def test_a_published_checkpoint_with_its_cosignature_is_read() -> None:
    text, lines = checkpoints.parse_note(SOFA)
    found = Checkpoint.parse(text)
    assert (found.origin, found.size, found.text) == ("example.com/behind-the-sofa", 20852163, text)
    assert "".join(line.line for line in lines) == SOFA.partition("\n\n")[2]
    assert lines[1].stamp == 1679315147
    assert checkpoints.cosigned_message(text, lines[1].stamp).startswith(
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
    )


def test_lines_of_unknown_keys_are_passed_over_and_wrong_ones_of_known_keys_are_not() -> None:
    key = VerifierKey.parse(PETER)
    stranger = checkpoints.sign_note(TEXT, "stranger", _key())
    assert checkpoints.signers(f"{TEXT}\n{stranger.line}{LINE}", [key]) == [key]
    with pytest.raises(MalformedError, match="wrong"):
        checkpoints.signers(f"{TEXT}more\n\n{LINE}", [key])


def test_a_cosignature_is_over_its_time() -> None:
    key = _key(b"w" * 32)
    witness = VerifierKey("witness.example/w", SignatureKind.COSIGNATURE, key.public_key)
    text = Checkpoint("log.example", 3, bytes(32)).text

    def cosign(signed_at: int, stated_at: int) -> checkpoints.NoteSignature:
        signature = key.sign(checkpoints.cosigned_message(text, signed_at))
        raw = stated_at.to_bytes(8, "big") + signature
        return checkpoints.NoteSignature(witness.name, witness.key_hash, raw)

    assert checkpoints.is_signed(text, cosign(1_700_000_000, 1_700_000_000), witness)
    assert not checkpoints.is_signed(text, cosign(1_700_000_000, 1_700_000_001), witness)
    assert not checkpoints.is_signed(text, cosign(2**63, 2**63), witness)
    assert not checkpoints.is_signed(text + "x\n", cosign(1, 1), witness)


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", "a\n01\n" + "A" * 43 + "=\n", "a\n-1\n" + "A" * 43 + "=\n", "a\n1\nAA==\n",
     "a\n\n1\n" + "A" * 43 + "=\n", "a\n1\n" + "A" * 43 + "=", "a\n١\n" + "A" * 43 + "=\n",
     "a\n1\n" + "A" * 42 + "B=\n"],
)  # fmt: skip
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(MalformedError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "note",
    ["", "x\n", f"{TEXT}{LINE}", f"{TEXT}\n{LINE[:-1]}", f"{TEXT}\n- a AAAAAAA=\n",
     f"x\t\n\n{LINE}", f"{TEXT}\n— a+b AAAAAAA=\n", f"{TEXT}\n— a AAAA\n", f"{TEXT}\n{LINE * 101}"],
)  # fmt: skip
def test_what_is_no_note(note: str) -> None:
    with pytest.raises(MalformedError):
        checkpoints.parse_note(note)


@settings(deadline=None)
@given(
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Z"]), min_size=1).filter(
        lambda text: not any(c.isspace() for c in text)
    ),
    st.integers(0, 2**62),
    st.binary(min_size=32, max_size=32),
)
def test_checkpoints_come_back_from_their_notes(origin: str, size: int, root: bytes) -> None:
    given_one = Checkpoint(origin, size, root)
    line = checkpoints.sign_note(given_one.text, "log.example/k", _key())
    key = VerifierKey("log.example/k", SignatureKind.ED25519, _key().public_key)
    note = f"{given_one.text}\n{line.line}"
    assert checkpoints.signers(note, [key]) == [key]
    assert Checkpoint.parse(checkpoints.parse_note(note)[0]) == given_one
    assert VerifierKey.parse(key.text) == key


def test_addresses_of_tiles() -> None:
    assert TileAddress(0, 1234067).path == "tile/0/x001/x234/067"
    assert TileAddress(None, 5, 17).path == "tile/entries/005.p/17"
    for wrong in ("0/1", "00/001", "64/001", "0/x000/001", "0/001.p/0", "0/001.p/256",
                  "0/001.p/01", "0/x001", "entries/1", "-1/001", "0/001/", "0/001.p/"):  # fmt: skip
        assert parse_tile_path(wrong) is None, wrong


@settings(deadline=None)
@given(
    st.none() | st.integers(0, 63),
    st.integers(0, 10**12),
    st.integers(1, 256),
)
def test_addresses_come_back(level: int | None, index: int, width: int) -> None:
    address = TileAddress(level, index, width)
    assert parse_tile_path(address.path.removeprefix("tile/")) == address


def test_the_specifications_own_example_of_partial_tiles() -> None:
    size = 70_000
    assert TileAddress(0, 272).fits(size)
    assert TileAddress(0, 273, 112).fits(size)
    assert not TileAddress(0, 273, 113).fits(size)
    assert TileAddress(1, 1, 17).fits(size)
    assert not TileAddress(1, 1, 18).fits(size)
    assert TileAddress(2, 0, 1).fits(size)
    assert not TileAddress(3, 0, 1).fits(size)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=400), max_size=20))
def test_bundles_come_apart_again(entries: list[bytes]) -> None:
    raw = bundle(entries)
    assert unbundle(raw) == entries
    if raw:
        with pytest.raises(ValueError, match="breaks off"):
            unbundle(raw[:-1])
    with pytest.raises(ValueError, match="65535"):
        bundle([bytes(65536)])
