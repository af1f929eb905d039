"""The simulated vendors over HTTP, on the loopback interface unless told otherwise."""

import datetime as dt
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.core.ids import random_token
from app.core.settings import VendorSettings
from app.identity.providers.simulation import aliyun_side, tencent_side
from app.identity.providers.simulation.aliyun_side import AliyunSide
from app.identity.providers.simulation.faults import Fault, send, spoil
from app.identity.providers.simulation.messages import Messages
from app.identity.providers.simulation.population import Population
from app.identity.providers.simulation.tencent_side import TencentSide

_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Credentials:
    """What both vendors' adapters sign with."""

    secret_id: str = field(default_factory=lambda: random_token(128))
    secret_key: str = field(default_factory=lambda: random_token(256))


class VendorServer:
    """One server for both vendors and both services.

    `page`, where given, makes the page at `/`; `now` makes it refuse old signatures.
    """

    def __init__(
        self,
        population: Population,
        on_message: Messages,
        *,
        credentials: Credentials | None = None,
        address: tuple[str, int] = ("127.0.0.1", 0),
        now: Callable[[], dt.datetime] | None = None,
        page: Callable[[], str] | None = None,
    ) -> None:
        self.credentials = credentials or Credentials()
        signed = (self.credentials.secret_id, self.credentials.secret_key)
        self.tencent = TencentSide(*signed, population, on_message, now)
        self.aliyun = AliyunSide(*signed, population, on_message, now)
        self.page = page
        self.slow_s = 10.0
        self.asked = 0
        self._faults: deque[Fault] = deque()
        self._http = ThreadingHTTPServer(address, _handler_for(self))
        self._http.daemon_threads = True
        host, port = str(self._http.server_address[0]), self._http.server_port
        self.url = f"http://{host}:{port}"

    def start(self) -> "VendorServer":
        """Serve in a thread of its own."""
        threading.Thread(target=self.serve, name="vendors", daemon=True).start()
        return self

    def serve(self) -> None:
        """Serve until closed."""
        self._http.serve_forever()

    def close(self) -> None:
        """Stop a server that was started."""
        self._http.shutdown()
        self.release()

    def release(self) -> None:
        """Give the port back, once nobody serves."""
        self._http.server_close()

    def misbehave(self, faults: Iterable[Fault], *, slow_s: float = 10.0) -> None:
        """Spoil the next answers, one each; what was planned before is forgotten."""
        self._faults = deque(faults)
        self.slow_s = slow_s

    def next_fault(self) -> Fault | None:
        """Take the next planned fault."""
        self.asked += 1
        return self._faults.popleft() if self._faults else None

    def settings(self, base: VendorSettings) -> VendorSettings:
        """Return the settings with which an adapter of either kind reaches this server."""
        side = aliyun_side if base.kind == "aliyun" else tencent_side
        return base.model_copy(
            update={
                "endpoint": self.url, "secret_id": self.credentials.secret_id,
                "secret_key": self.credentials.secret_key, "app_id": "1400000000",
                "sign_name": "实学", "template_id": side.CODE_TEMPLATE,
                "answer_template_id": side.ANSWER_TEMPLATE,
            }
        )  # fmt: skip


def _handler_for(vendor: VendorServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Reads one call and hands it to the vendor whose headers it has."""

        def do_POST(self) -> None:
            length = min(int(self.headers.get("content-length") or 0), _LARGEST)
            body = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            if "x-acs-action" in headers:
                query = self.path.partition("?")[2]
                status, answer = vendor.aliyun.answer(headers, query, body)
            else:
                status, answer = vendor.tencent.answer(headers, body)
            fault = vendor.next_fault()
            try:
                if fault is None:
                    send(self, status, answer)
                else:
                    spoil(self, fault, answer, vendor.slow_s)
            except OSError:
                self.close_connection = True  # the caller has gone

        def do_GET(self) -> None:
            if vendor.page is None or self.path != "/":
                send(self, 404, b"{}")
                return
            raw = vendor.page().encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
            """Say nothing: what passes here is personal."""

    return Handler
