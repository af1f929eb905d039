"""The built-in face engine: who passes for whom, how long a frame takes, and beats beside checks.

Run with `./run bench`; the figures stand in docs/face.md.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from statistics import median, quantiles

import cv2
import numpy as np
import pytest
from sqlalchemy import insert

from app.core.ids import new_id
from app.identity.models.faces import Consent
from app.identity.models.people import Person
from app.identity.providers.face_engine import FaceEngine, Frame, cosine
from app.identity.rules.faces import LIMITS, Purpose
from app.identity.services import consents, tokens
from app.lobby.parts import Parts
from tests import faces
from tests.benches import beside
from tests.benches.servers import serving

CHECKS, LEARNERS = 16, 512
PHOTOS = {
    "macron": ["a", "a2"], "ardern": ["b1", "b2"], "sunak": ["sunak"], "biden": ["b"],
    "obama": ["obama", "obama2", "obama3", "senate"],
}  # fmt: skip


def _worn(raw: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """A photo as bad phones and rooms would give it."""
    yield "as it is", raw
    yield "dim", (raw * 0.35).astype(np.uint8)
    yield "bright", cv2.convertScaleAbs(raw, alpha=1.5, beta=30)
    yield "soft", cv2.GaussianBlur(raw, (0, 0), 2.5)
    tilt = cv2.getRotationMatrix2D((raw.shape[1] / 2, raw.shape[0] / 2), 12, 1)
    yield "tilted by 12 degrees", cv2.warpAffine(raw, tilt, raw.shape[1::-1])
    small = cv2.resize(raw, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    yield "far away", cv2.copyMakeBorder(small, 150, 150, 110, 110, cv2.BORDER_REPLICATE)


def _embeddings(engine: FaceEngine) -> dict[tuple[str, str, str], bytes]:
    """By person, photo and wear, of those in which one good face is seen."""
    found = {}
    for person, names in PHOTOS.items():
        for name in names:
            for wear, picture in _worn(faces.portrait(name)[0]):
                quality = [cv2.IMWRITE_JPEG_QUALITY, 80]
                jpeg = cv2.imencode(".jpg", picture, quality)[1].tobytes()
                (seen,) = engine.look([Frame(0, jpeg)])
                if seen.embedding:
                    found[person, name, wear] = seen.embedding
    return found


@pytest.mark.bench
def test_who_passes_for_whom() -> None:
    engine = FaceEngine()
    found = _embeddings(engine)
    own, other = [], []
    for (one, vector), (two, second) in combinations(found.items(), 2):
        if one[1] != two[1]:  # a photo against itself tells nothing
            (own if one[0] == two[0] else other).append(cosine(vector, second))
    jpeg = next(faces.frames("a", [0.0]))
    times = []
    for _ in range(60):
        began = time.perf_counter()
        engine.look([Frame(0, jpeg)])
        times.append((time.perf_counter() - began) * 1000)
    study, enrol = LIMITS[Purpose.STUDY], LIMITS[Purpose.ENROL]
    figures = {
        "pictures": len(found), "of": 10 * 6, "genuine_pairs": len(own),
        "impostor_pairs": len(other), "genuine_min": min(own), "impostor_max": max(other),
        "ms_a_frame": median(times), "ms_p95": quantiles(times, n=20)[-1],
    }  # fmt: skip
    for limit in (study.fails, study.passes, enrol.passes):
        figures[f"false_accepts_at_{limit}"] = sum(score >= limit for score in other)
        figures[f"false_rejects_at_{limit}"] = sum(score < limit for score in own)
    sys.stdout.write("\n" + json.dumps({name: round(n, 3) for name, n in figures.items()}) + "\n")
    assert figures[f"false_accepts_at_{study.passes}"] == 0


def _people(parts: Parts) -> list[str]:
    """People who may enrol; gives an access token of each."""
    now = parts.clock.now()
    access = []
    with parts.database.transaction() as db:
        for _ in range(CHECKS):
            learner_id = new_id(now)
            db.execute(
                insert(Person).values(
                    id=learner_id, phone_sealed=b"x", phone_index=learner_id, created_at=now,
                    verified_at=now,
                )
            )  # fmt: skip
            db.add(
                Consent(
                    id=new_id(now), person_id=learner_id, kind="face", version=consents.VERSION,
                    given_at=now,
                )
            )  # fmt: skip
            db.flush()
            access.append(
                tokens.start(
                    db, parts.keys, parts.settings.sign_in, learner_id=learner_id,
                    device_id="bench", now=now,
                ).access
            )  # fmt: skip
    return access


@pytest.mark.bench
def test_beats_beside_sixteen_checks(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bench.db'}"
    house = beside.furnish(tmp_path, url, learners=LEARNERS, log_level="warning")
    access = _people(house.parts)
    with serving("app.main:app_from_environment", **house.given) as (port, _process):
        house.send(port)  # whoever is read for the first time
        alone = house.send(port)
        command = [sys.executable, "-m", "tests.benches.face_checks", str(port), *access]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as checking:
            assert checking.stdout is not None
            checking.stdout.readline()  # the first check of each is under way
            loaded = house.send(port)
            told = json.loads(checking.communicate(b"enough\n")[0])
    house.parts.database.close()
    figures = beside.figures_of(alone, loaded) | told
    sys.stdout.write("\n" + json.dumps({name: round(n, 2) for name, n in figures.items()}) + "\n")
    assert told["failed"] == 0
    assert figures["p99_ratio"] <= 2
