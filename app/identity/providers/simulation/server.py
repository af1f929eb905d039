"""The simulated vendors over HTTP, on the loopback interface unless told otherwise."""

import contextlib
import datetime as dt
import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

from app.core.ids import random_token
from app.core.settings import FaceSettings, VendorSettings
from app.identity.providers.simulation import aliyun_side, face_desk, tencent_side
from app.identity.providers.simulation.aliyun_side import AliyunSide
from app.identity.providers.simulation.company_side import CompanySide, Reply
from app.identity.providers.simulation.face_desk import FaceDesk
from app.identity.providers.simulation.faults import Fault, send, spoil
from app.identity.providers.simulation.messages import Messages
from app.identity.providers.simulation.population import Population
from app.identity.providers.simulation.robot_side import RobotSide
from app.identity.providers.simulation.tencent_side import TencentSide
from app.identity.rules.group_robots import PATH
from app.identity.rules.names import mask_number

_LARGEST = 64 * 1024
_Settings = TypeVar("_Settings", bound=VendorSettings)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What both vendors' adapters sign with."""

    secret_id: str = field(default_factory=lambda: random_token(128))
    secret_key: str = field(default_factory=lambda: random_token(256))


class _Listener(ThreadingHTTPServer):
    """Waits for calls without looking up in between; one more call, of its own, ends it."""

    daemon_threads = True
    is_closing = False

    def verify_request(self, *_call: object) -> bool:
        return not self.is_closing

    def serve(self) -> None:
        while not self.is_closing:
            self.handle_request()

    def end(self) -> None:
        self.is_closing = True
        with contextlib.suppress(OSError):  # nobody listens any more
            host, port = str(self.server_address[0]), self.server_port
            socket.create_connection((host, port), timeout=5).close()


class VendorServer:
    """One server for both vendors and all their services.

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
        self.faces = FaceDesk(population)
        self.tencent = TencentSide(*signed, population, on_message, now, self.faces)
        self.aliyun = AliyunSide(*signed, population, on_message, now, self.faces)
        self.company = CompanySide()
        self.robot = RobotSide()
        self.page = page
        self.slow_s = 10.0
        self.asked = 0
        self._faults: deque[Fault | None] = deque()
        self._http = _Listener(address, _handler_for(self))
        self._thread = threading.Thread(target=self.serve, name="vendors", daemon=True)
        host, port = str(self._http.server_address[0]), self._http.server_port
        self.url = self.faces.url = f"http://{host}:{port}"
        self.company.url, self.robot.url = f"{self.url}/company", self.url

    def start(self) -> "VendorServer":
        """Serve in a thread of its own."""
        self._thread.start()
        return self

    def serve(self) -> None:
        """Serve until closed."""
        self._http.serve()

    def close(self) -> None:
        """Stop a server that was started."""
        self._http.end()
        self._thread.join()
        self.release()

    def release(self) -> None:
        """Give the port back, once nobody serves."""
        self._http.server_close()

    def misbehave(self, faults: Iterable[Fault | None], *, slow_s: float = 10.0) -> None:
        """Spoil the next answers, one each (None leaves one); earlier plans are forgotten."""
        self._faults = deque(faults)
        self.slow_s = slow_s

    def next_fault(self) -> Fault | None:
        """Take the next planned fault."""
        self.asked += 1
        return self._faults.popleft() if self._faults else None

    def settings(self, base: _Settings) -> _Settings:
        """Return the settings with which an adapter of either kind reaches this server."""
        side = aliyun_side if base.kind == "aliyun" else tencent_side
        flow = {"rule_id": tencent_side.RULE_ID, "scene_id": aliyun_side.SCENE_ID}
        return base.model_copy(
            update=(flow if isinstance(base, FaceSettings) else {}) | {
                "endpoint": self.url, "secret_id": self.credentials.secret_id,
                "secret_key": self.credentials.secret_key, "app_id": "1400000000",
                "sign_name": "实学", "template_id": side.CODE_TEMPLATE,
                "answer_template_id": side.ANSWER_TEMPLATE,
                "reminder_template_id": side.REMINDER_TEMPLATE,
            }
        )  # fmt: skip


def _handler_for(vendor: VendorServer) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"vendor": vendor})


class _Handler(BaseHTTPRequestHandler):
    """Reads one call and hands it to the vendor whose headers it has."""

    vendor: VendorServer

    def do_POST(self) -> None:
        length = min(int(self.headers.get("content-length") or 0), _LARGEST)
        body = self.rfile.read(length)
        if self.path.startswith("/face/"):
            self._choose()
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.path.startswith("/company/"):
            self._reply(self.vendor.company.post(self.path, headers, body))
            return
        if self.path.startswith(PATH):
            self._send(200, json.dumps(self.vendor.robot.answer(self.path, body)).encode())
            return
        if "x-acs-action" in headers:
            query = self.path.partition("?")[2]
            status, answer = self.vendor.aliyun.answer(headers, query, body)
        else:
            status, answer = self.vendor.tencent.answer(headers, body)
        self._send(status, answer)

    def _send(self, status: int, answer: bytes) -> None:
        """Send an answer, or what a planned fault makes of it."""
        fault = self.vendor.next_fault()
        try:
            if fault is None:
                send(self, status, answer)
            else:
                spoil(self, fault, answer, self.vendor.slow_s)
        except OSError:
            self.close_connection = True  # the caller has gone

    def _reply(self, reply: Reply) -> None:
        if reply.kind == "application/json":
            self._send(reply.status, reply.body)
        elif reply.location:
            self._lead(reply.location)
        else:
            self._send_text(reply.kind, reply.body.decode(), reply.status)

    def do_GET(self) -> None:
        if self.path.startswith("/company/"):
            self._reply(self.vendor.company.get(self.path))
            return
        if self.path == "/jsvm_all.js":
            self._send_text("text/javascript", face_desk.META_SCRIPT)
            return
        sitting = self.vendor.faces.sitting(self.path.removeprefix("/face/"))
        if sitting is not None:
            self._send_text("text/html", face_desk.page(sitting, mask_number))
        elif self.vendor.page is not None and self.path == "/":
            self._send_text("text/html", self.vendor.page())
        else:
            send(self, 404, b"{}")

    def _choose(self) -> None:
        """Take a choice on the page of a face session; what the way back says is no proof."""
        token, _, choice = self.path.removeprefix("/face/").partition("/")
        sitting = self.vendor.faces.choose(token, choice)
        if sitting is None:
            send(self, 404, b"{}")
            return
        self._lead(f"{sitting.return_url}?code=0&passed=T&BizToken={token}")

    def _lead(self, address: str) -> None:
        self.send_response(303)
        self.send_header("location", address)
        self.send_header("content-length", "0")
        self.end_headers()

    def _send_text(self, kind: str, text: str, status: int = 200) -> None:
        raw = text.encode()
        self.send_response(status)
        self.send_header("content-type", f"{kind}; charset=utf-8")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
        """Say nothing: what passes here is personal."""
