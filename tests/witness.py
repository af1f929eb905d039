"""A witness as c2sp.org/tlog-witness describes it, written from that text alone."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NAME = "witness.example/w1"
STAMP = 1_780_000_000


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def grew(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2, step by step."""
    if old == new:
        return not proof and old_root == new_root
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return _climb(fn, sn, steps) == (old_root, new_root, 0)


def _climb(fn: int, sn: int, steps: list[bytes]) -> tuple[bytes, bytes, int]:
    fr = sr = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return fr, sr, -1
        if fn & 1 or fn == sn:
            fr, sr = _node(step, fr), _node(step, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = _node(sr, step)
        fn, sn = fn >> 1, sn >> 1
    return fr, sr, sn


@dataclass
class Witness:
    """Knows logs by origin and key; `seen` is what it signed last, `asked` every call's answer."""

    logs: dict[str, list[bytes]]
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    seen: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    says_instead: tuple[int, str, bytes] | None = None

    @property
    def verifier_key(self) -> str:
        raw = b"\x04" + self.private.public_key().public_bytes_raw()
        return f"{NAME}+{self._hash().hex()}+{base64.b64encode(raw).decode()}"

    def _hash(self) -> bytes:
        raw = self.private.public_key().public_bytes_raw()
        return hashlib.sha256(NAME.encode() + b"\n\x04" + raw).digest()[:4]

    def answer(self, body: str) -> tuple[int, str, bytes]:
        """Status, content type and body of the answer."""
        head, _, note = body.partition("\n\n")
        old_line, *proof_lines = head.split("\n")
        proof = [base64.b64decode(line, validate=True) for line in proof_lines]
        text, _, signatures = note.rpartition("\n\n")
        text += "\n"
        origin, size_line, root_line = text.split("\n")[:3]
        old, size, root = int(old_line.removeprefix("old ")), int(size_line), root_line.encode()
        if origin not in self.logs:
            return 404, "text/plain", b""
        if not any(self._is_by(key, text, signatures) for key in self.logs[origin]):
            return 403, "text/plain", b""
        if old > size or (old == 0 and proof) or len(proof) > 63:
            return 400, "text/plain", b""
        came_to, known_root = self.seen.get(origin, (0, b""))
        if old != came_to or (old == size and known_root != root):
            return 409, "text/x.tlog.size", b"%d\n" % came_to
        roots = base64.b64decode(known_root), base64.b64decode(root)
        if old and not grew(old, roots[0], size, roots[1], proof):
            return 422, "text/plain", b""
        self.seen[origin] = size, root
        return 200, "text/plain", self.line(text).encode()

    def line(self, text: str) -> str:
        """The cosignature under a checkpoint, as a line."""
        signed = self.private.sign(f"cosignature/v1\ntime {STAMP}\n{text}".encode())
        raw = self._hash() + STAMP.to_bytes(8, "big") + signed
        return f"— {NAME} {base64.b64encode(raw).decode()}\n"

    @staticmethod
    def _is_by(key: bytes, text: str, signatures: str) -> bool:
        for line in signatures.splitlines():
            raw = base64.b64decode(line.rsplit(" ", 1)[1])[4:]
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(raw, text.encode())
            except InvalidSignature:
                continue
            return True
        return False

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve on this machine; gives the submission prefix."""
        witness = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                told = (404, "text/plain", b"")
                if self.path == "/w/add-checkpoint":
                    told = witness.says_instead or witness.answer(body)
                witness.asked.append(told[0])
                self.send_response(told[0])
                self.send_header("content-type", told[1])
                self.send_header("content-length", str(len(told[2])))
                self.end_headers()
                self.wfile.write(told[2])

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/w"
            finally:
                server.shutdown()
                thread.join()
