"""A package in the player: who opens it, what a cheating one does, and what was counted of it."""

from playwright.sync_api import Frame, Page, expect
from sqlalchemy import select

from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import LessonCoverage, PendingPiece
from tests.browser import worker_way as way
from tests.browser.house import House
from tests.people import ALICE

# What a cheating package says as soon as it runs; what it was answered stands on its body.
FORGER = """<!doctype html><html><head><title>forger</title></head><body><h1>配电箱</h1><script>
API.LMSInitialize("");
API.LMSSetValue("cmi.core.lesson_status", "completed");
API.LMSSetValue("cmi.core.score.raw", "100");
API.LMSSetValue("cmi.core.session_time", "9999:00:00.00");
API.LMSSetValue("cmi.core.lesson_location", "p7");
document.body.dataset.kept = API.LMSCommit("");
document.body.dataset.name = API.LMSGetValue("cmi.core.student_name");
document.body.dataset.place = API.LMSGetValue("cmi.core.lesson_location");
</script></body></html>"""


def enter(page: Page, house: House, course_id: str) -> None:
    """Alice signs up, enrols, and opens the lesson up to its first check."""
    way.sign_up(page, house, ALICE)
    way.enrol(page, course_id)
    page.get_by_role("link", name="继续学习").click()
    way.answer_check(page, house, ALICE)


def inside_of(page: Page) -> Frame:
    """The package's own frame in the player."""
    expect(page.locator("#package-frame iframe")).to_be_visible()
    found = page.locator("#package-frame iframe").element_handle().content_frame()
    assert found is not None
    return found


def earned(house: House) -> list[int]:
    """All time that is counted anywhere, in milliseconds."""
    with house.parts.database.reading() as db:
        return [
            *db.scalars(select(LessonCoverage.covered_ms)),
            *db.scalars(select(PendingPiece.ms)), *db.scalars(select(LedgerEntry.ms)),
        ]  # fmt: skip
