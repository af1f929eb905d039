"""A worker wants a picture on certificates: agrees, is refused another face, takes it back."""

import datetime as dt
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from app.core.ids import new_id
from app.identity.models.faces import TEMPLATE, Consent, FaceTemplate
from app.identity.models.people import Person
from app.identity.providers import face_engine
from app.identity.providers.face_engine import Frame
from app.identity.rules.faces import PIPELINE
from app.identity.services import person_keys
from app.lobby.parts import Parts
from tests import faces
from tests.browser.entering import by_code
from tests.browser.house import House
from tests.browser.looking import arrived, looked_at_narrow
from tests.people import ALICE, prove


def _know_face(parts: Parts, name: str, now: dt.datetime) -> None:
    """Have the one person's face enrolled, as the camera would."""
    seen = parts.face.look([Frame(0, next(faces.frames(name, [0.0])))])
    template = face_engine.mean([seen[0].embedding])
    with parts.database.transaction() as db:
        person = db.query(Person).one()
        consent = Consent(
            id=new_id(now), person_id=person.id, kind="face", version="x", given_at=now
        )
        db.add(consent)
        db.flush()
        own = person_keys.sealing_vault_of(db, parts.vault, person.id, now=now)
        sealed = own.seal_bytes(template, context=f"{TEMPLATE}:{person.id}")
        db.add(
            FaceTemplate(
                person_id=person.id, consent_id=consent.id, pipeline=PIPELINE, template=sealed,
                made_at=now,
            )
        )  # fmt: skip
        person.method = "face"


def _photograph(folder: Path, name: str) -> Path:
    """As a phone's gallery has it: with room around the face, larger than is sent."""
    with Image.open(io.BytesIO(faces.picture(name))) as opened:
        wide, tall = opened.size
        larger = Image.new("RGB", (wide * 2, tall * 2), (200, 210, 220))
        larger.paste(opened.convert("RGB"), (wide // 2, tall // 2))
    path = folder / f"{name}.png"
    larger.save(path)
    return path


def test_a_picture_is_agreed_to_chosen_and_taken_back(
    page: Page, house: House, tmp_path: Path
) -> None:
    prove(house.parts, ALICE)
    _know_face(house.parts, "a", house.parts.clock.now())
    by_code(page, house, ALICE)
    arrived(page, "**/home")
    page.goto("/certificates")
    page.get_by_role("link", name="证书照片").click()
    arrived(page, "**/me/portrait")
    page.get_by_role("button", name="同意，去选照片").click()
    expect(page.locator("#e-accepted")).not_to_be_empty()
    looked_at_narrow(page, "portrait_consent")
    page.locator("#f-accepted").check()
    page.get_by_role("button", name="同意，去选照片").click()
    field = page.locator("#photograph")
    field.wait_for(state="attached")
    field.set_input_files(_photograph(tmp_path, "b"))
    expect(page.locator("#trouble")).to_contain_text("不一致")
    expect(page.get_by_alt_text("您的证书照片")).to_have_count(0)
    looked_at_narrow(page, "portrait_refused")
    field.set_input_files(_photograph(tmp_path, "a2"))
    shown = page.get_by_alt_text("您的证书照片")
    expect(shown).to_be_visible(timeout=30_000)
    assert shown.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [350, 490]
    looked_at_narrow(page, "portrait_kept")
    page.get_by_role("button", name="撤回同意，删除照片").click()
    expect(page.get_by_role("button", name="同意，去选照片")).to_be_visible()
    expect(shown).to_have_count(0)
