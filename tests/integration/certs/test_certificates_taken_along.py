"""What a person takes along of certificates: what became of each, and who may read their name."""

from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.oversight.rules.own_sheets import sheets
from app.oversight.rules.own_words import Sheet
from app.oversight.services import own_data
from tests import finished
from tests.people import sign_in
from tests.reviewers import post, reviewer

DAY_MS = 86_400_000
NEAR = 1040  # days of a validity of 36 months; some weeks are left


def test_suspensions_codes_and_renewals_are_told_in_words(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    [course] = finished.courses(parts, ("usual",))
    who = finished.finish(parts, course, "李梅", 1)
    worker.drain(parts)
    clock.advance(ms=NEAR * DAY_MS)
    sign_in(client, parts, who.someone)
    [known] = client.get("/api/v1/certificates").json()
    path = f"/certificates/{known['certificate_id']}"
    with reviewer(parts) as wu:
        assert post(wu, f"{path}/suspension", {"reason": "核实考勤"}).is_success
        assert post(wu, f"{path}/suspension/end", {"reason": "考勤无误"}).is_success
    assert post(client, f"{path}/holder-code", {}).status_code == 201
    assert post(client, f"{path}/renewal", {}).status_code == 201
    with parts.database.reading() as db:
        data = own_data.gather(db, parts.vault, who.learner_id, now=clock.now())
    found = {sheet.title: sheet for sheet in sheets(data)}
    [suspended] = _lines(found["证书的暂停"])
    assert (suspended["编号"], suspended["理由"]) == (known["number"], "核实考勤")
    assert suspended["恢复的理由"] == "考勤无误"
    [code] = _lines(found["给查验人的一次性码"])
    assert (code["证书编号"], code["填错了几次"]) == (known["number"], "0")
    rounds = {line["第几轮"]: line["怎么报的名"] for line in _lines(found["报名的课程"])}
    assert rounds == {"1": "自己报名", "2": "证书到期前复训"}


def _lines(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(zip(sheet.columns, line, strict=True)) for line in sheet.lines]
