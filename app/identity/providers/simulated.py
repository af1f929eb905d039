"""The vendors' own side, simulated: a small HTTP server on this machine that speaks their wire.

It checks signatures as the vendor does, reads the population from a CSV file, and keeps text
messages sealed for the outbox page. Production refuses it by name (`Settings.refusals`).
"""

import csv
import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from app.core.crypto import same
from app.core.ids import random_token
from app.core.settings import VendorSettings
from app.identity.providers.tc3 import authorization
from app.identity.rules.id_number import check_letter
from app.identity.rules.names import WrongNameError, normalise

_LARGEST = 64 * 1024

Messages = Callable[[str, str, datetime], None]


def load_population(path: Path) -> dict[str, tuple[str, str]]:
    """Read the roster: number → (name, result code); `result` overrides the comparison."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["number"]: (row["name"], row.get("result") or "0") for row in csv.DictReader(file)
        }


_TEXTS = {
    "1": "【实学】验证码 {0}，请勿告诉他人。",
    "2": "【实学】您编号 {0} 的投诉或请求已答复：{1}",
}


class VendorServer:
    """One server for both services, on a free port of the loopback interface."""

    def __init__(self, population: Path, on_message: Messages) -> None:
        self.secret_id, self.secret_key = random_token(128), random_token(256)
        self._population = load_population(population)
        self._on_message = on_message
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, name="vendors", daemon=True).start()

    def settings(self, base: VendorSettings) -> VendorSettings:
        """Return the settings with which an adapter reaches this server."""
        return base.model_copy(
            update={
                "endpoint": self.url, "secret_id": self.secret_id, "secret_key": self.secret_key,
                "app_id": "1400000000", "sign_name": "实学", "template_id": "1",
                "answer_template_id": "2",
            }
        )  # fmt: skip

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def answer(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        """Answer one signed call the way the vendor would."""
        if (code := self._refusal(headers, body)) is not None:
            return {"Error": {"Code": code, "Message": code}}
        payload = json.loads(body)
        action = headers["x-tc-action"]
        if action == "IdCardVerification":
            result = self._verify(str(payload.get("Name")), str(payload.get("IdCard")))
            return {"Result": result, "Description": ""}
        if action == "SendSms":
            return self._send(payload, headers)
        return {"Error": {"Code": "InvalidAction", "Message": action}}

    def _refusal(self, headers: dict[str, str], body: bytes) -> str | None:
        stamp = headers.get("x-tc-timestamp", "")
        found = re.search(r"Credential=[^/]+/(\d{4}-\d\d-\d\d)/(faceid|sms)/", _auth(headers))
        if found is None or not stamp.isdigit():
            return "AuthFailure.SignatureFailure"
        expected = authorization(
            secret_id=self.secret_id, secret_key=self.secret_key, service=found[2],
            host=headers.get("host", ""), action=headers.get("x-tc-action", ""),
            timestamp=int(stamp), day=found[1], body=body,
        )  # fmt: skip
        if not same(expected, _auth(headers)):
            return "AuthFailure.SignatureFailure"
        day = datetime.fromtimestamp(int(stamp), UTC).strftime("%Y-%m-%d")
        return None if day == found[1] else "AuthFailure.SignatureExpire"

    def _verify(self, name: str, number: str) -> str:
        if not re.fullmatch(r"\d{17}[\dX]", number) or check_letter(number[:17]) != number[17]:
            return "-2"
        try:
            name = normalise(name)
        except WrongNameError:
            return "-3"
        if number not in self._population:
            return "-5"
        known, result = self._population[number]
        if result != "0":
            return result
        return "0" if known == name else "-1"

    def _send(self, payload: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        sent_at = datetime.fromtimestamp(int(headers["x-tc-timestamp"]), UTC)
        statuses = []
        for number in payload.get("PhoneNumberSet", []):
            text = _TEXTS[payload["TemplateId"]].format(*payload["TemplateParamSet"])
            self._on_message(number.removeprefix("+86"), text, sent_at)
            statuses.append({"PhoneNumber": number, "Code": "Ok", "Fee": 1})
        return {"SendStatusSet": statuses}


def _auth(headers: dict[str, str]) -> str:
    return headers.get("authorization", "")


def _handler_for(vendor: VendorServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Reads one call and hands it to the vendor."""

        def do_POST(self) -> None:
            length = min(int(self.headers.get("content-length") or 0), _LARGEST)
            body = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                response = vendor.answer(headers, body)
            except (ValueError, KeyError, IndexError, TypeError):
                response = {"Error": {"Code": "InvalidParameter", "Message": "malformed"}}
            response["RequestId"] = random_token(128)
            raw = json.dumps({"Response": response}, ensure_ascii=False).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
            """Say nothing: what passes here is personal."""

    return Handler
