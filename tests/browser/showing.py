"""Someone with a phone who holds out certificates and their files, on line or off."""

import json
from dataclasses import asdict, dataclass

import cv2
from playwright.sync_api import Page

from app.certs.rules.facts import CertificateFacts
from app.certs.rules.second_seal import SecondSeal
from app.core import log_sequencer
from app.lobby.parts import Parts
from tests import finished, photographs
from tests.papers_issued import Issued, take

_TAKE_AWAY = "document.querySelector('#told').replaceChildren()"


def issue(parts: Parts, count: int) -> list[Issued]:
    """Certificates of `count` people of generated names, each in the log."""
    courses = finished.courses(parts)
    names = finished.names(max(count, 15))[-count:]
    people = finished.issue_all(parts, names, codes=courses)
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    return [take(parts, each.enrolment_id) for each in people]


def record_of(
    facts: CertificateFacts, key_id: str, signature: str, second: SecondSeal | None
) -> bytes:
    """A record without its entry in the log."""
    record = {"facts": facts.to_mapping(), "key_id": key_id, "signature": signature}
    more = {"sm2": asdict(second)} if second is not None else {}
    return json.dumps(record | {"log": None} | more).encode()


def _told(page: Page) -> str:
    """The verdict that is seen, once it is."""
    seen = page.locator("[data-verdict]:visible")
    seen.wait_for()
    return seen.get_attribute("data-verdict") or ""


def _hand_over(page: Page, field: str, content: bytes) -> None:
    page.locator(field).set_input_files(
        {"name": "x", "mimeType": "application/octet-stream", "buffer": content}
    )


@dataclass(frozen=True, slots=True)
class Away:
    """A phone without a network, that is shown one thing after the other on one page."""

    page: Page
    parts: Parts

    def text(self, text: str) -> str:
        modules = photographs.modules_of(text)
        large = cv2.resize(modules, None, fx=6, fy=6, interpolation=cv2.INTER_NEAREST)
        return self._shown("#picture", bytes(cv2.imencode(".png", large)[1]))

    def facts(
        self, facts: CertificateFacts, key_id: str, signature: str,
        second: SecondSeal | None = None,
    ) -> str:  # fmt: skip
        return self.file(record_of(facts, key_id, signature, second))

    def file(self, content: bytes) -> str:
        return self._shown("#document", content)

    def _shown(self, field: str, content: bytes) -> str:
        """The verdict that comes; the one before is taken away, so that none is read twice."""
        self.page.evaluate(_TAKE_AWAY)
        _hand_over(self.page, field, content)
        return _told(self.page)


@dataclass(frozen=True, slots=True)
class Reached:
    """A phone that hears the server: a code opens its page, a file is sent."""

    page: Page
    parts: Parts

    def text(self, text: str) -> str:
        self.page.goto("about:blank")
        return self._opened(text)

    def address(self, public_id: str) -> str:
        return self._opened(f"/v/{public_id}")

    def name(self, number: str, name: str) -> str:
        self._open_verify()
        self.page.get_by_label("证书编号").fill(number)
        self.page.get_by_label("持证人姓名").fill(name)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="查询").click()
        return _told(self.page)

    def facts(
        self, facts: CertificateFacts, key_id: str, signature: str,
        second: SecondSeal | None = None,
    ) -> str:  # fmt: skip
        return self.file(record_of(facts, key_id, signature, second))

    def file(self, content: bytes) -> str:
        self._open_verify()
        _hand_over(self.page, "#document", content)
        return _told(self.page)

    def all_of(self, one: Issued) -> dict[str, str]:
        return {
            "code": self.text(one.text), "page": self.address(one.public_id),
            "number and name": self.name(one.number, one.name), "pdf": self.file(one.pdf),
            "credential": self.file(one.credential), "record": self.file(one.record),
        }  # fmt: skip

    def _open_verify(self) -> None:
        if self.page.url.endswith("/verify"):
            self.page.evaluate(_TAKE_AWAY)
        else:
            self.page.goto("/verify")

    def _opened(self, address: str) -> str:
        self.page.goto(address)
        return _told(self.page)
