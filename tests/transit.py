"""A key service on this machine that speaks the wire of Vault's Transit and looks at the token."""

import base64
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.settings import KeyServiceSettings

_PREFIX = "vault:v1:"


class Transit:
    """One key that never leaves; `asked` are the verbs that were granted."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(12)
        self.asked: list[str] = []
        self.is_sealed = False
        self._key = AESGCM(secrets.token_bytes(32))
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self.http.daemon_threads = True

    @property
    def settings(self) -> KeyServiceSettings:
        endpoint = f"http://127.0.0.1:{self.http.server_port}"
        return KeyServiceSettings(endpoint=endpoint, token=self.token, timeout_s=2)

    def answer(self, path: str, token: str, body: dict[str, str]) -> tuple[int, dict]:
        """As the service does: 503 while sealed, 403 for a stranger, 400 for a wrong value."""
        if self.is_sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if not secrets.compare_digest(token, self.token):
            return 403, {"errors": ["permission denied"]}
        bound = base64.b64decode(body["associated_data"])
        verb = path.removeprefix("/v1/transit/").removesuffix("/shixue")
        try:
            data = self._encrypt(body, bound) if verb == "encrypt" else self._decrypt(body, bound)
        except InvalidTag:
            return 400, {"errors": ["cipher: message authentication failed"]}
        self.asked.append(verb)
        return 200, {"data": data}

    def _encrypt(self, body: dict[str, str], bound: bytes) -> dict[str, str]:
        nonce = secrets.token_bytes(12)
        sealed = nonce + self._key.encrypt(nonce, base64.b64decode(body["plaintext"]), bound)
        return {"ciphertext": _PREFIX + base64.b64encode(sealed).decode()}

    def _decrypt(self, body: dict[str, str], bound: bytes) -> dict[str, str]:
        sealed = base64.b64decode(body["ciphertext"].removeprefix(_PREFIX))
        plain = self._key.decrypt(sealed[:12], sealed[12:], bound)
        return {"plaintext": base64.b64encode(plain).decode()}


def _handler_for(service: Transit) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            token = self.headers.get("x-vault-token", "")
            status, found = service.answer(self.path, token, body)
            raw = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
            """Say nothing."""

    return Handler


@contextmanager
def serving() -> Iterator[Transit]:
    """Serve on a free port until the context ends."""
    service = Transit()
    thread = threading.Thread(target=service.http.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.http.shutdown()
        service.http.server_close()
        thread.join(timeout=5)
