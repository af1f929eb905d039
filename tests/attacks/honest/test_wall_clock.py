"""A wrong wall clock does not trouble the honest: the study page says and hears no moment."""

import json
import re
from pathlib import Path

from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs
from tests.attacks.profiles import DAY_MS
from tests.attacks.wall_clock import WallClock

SOURCES = Path(__file__).parents[3] / "frontend" / "src"
READS_WALL_CLOCK = re.compile(r"\bDate\b|\btimeOrigin\b")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d|\b1\d{12}\b")


def test_the_study_page_reads_no_wall_clock() -> None:
    own = [*(SOURCES / "study").glob("*.ts"), SOURCES / "entries" / "learn.ts"]
    around = [*(SOURCES / "net").glob("*.ts"), *(SOURCES / "camera").glob("*.ts")]
    read = [path for path in own + around if READS_WALL_CLOCK.search(path.read_text("utf-8"))]
    assert len(own) > 10
    assert read == []


def test_a_session_is_told_in_lengths_of_time(lab: Laboratory) -> None:
    with lab.client() as client:
        player = lab.learner(client, Needs.PATIENT)
        opened = player.open(player.course.video_id)
    assert opened["challenge"]["expires_in_ms"] > 0
    assert MOMENT.search(json.dumps(opened)) is None


def test_a_sign_in_outlives_a_clock_set_ahead(lab: Laboratory) -> None:
    """Thirty days by the device's clock, not until a day that the server names."""
    with lab.client() as client:
        wall = WallClock(client, lab.clock, 0)
        lab.learner(client, Needs.PATIENT)
        wall.step(29 * DAY_MS)
        assert client.get("/api/v1/me").status_code == 200
        wall.step(2 * DAY_MS)
        assert client.get("/api/v1/me").status_code == 401
