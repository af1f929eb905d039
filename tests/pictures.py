"""Pictures for certificates without a camera: a portrait that its person is said to have chosen."""

import datetime as dt

import cv2
import numpy as np

from app.core.ids import new_id
from app.identity.models.faces import Consent
from app.identity.rules.faces import FaceFinding, FaceVerdict
from app.identity.services import portraits
from app.identity.services.portraits import PortraitJudgement
from app.lobby.parts import Parts


def jpeg(seed: int) -> bytes:
    """A picture of the size of a portrait, another for each seed."""
    noise = np.random.default_rng(seed).normal(128, 40, (490, 350, 3)).clip(0, 255)
    soft = cv2.GaussianBlur(noise.astype(np.uint8), (21, 21), 0)
    return bytes(cv2.imencode(".jpg", soft, [cv2.IMWRITE_JPEG_QUALITY, 80])[1])


def keep(parts: Parts, learner_id: str, seed: int, *, now: dt.datetime | None = None) -> bytes:
    """Have somebody agree and a portrait of theirs kept, as if the engine had found it theirs."""
    at, picture = now or parts.clock.now(), jpeg(seed)
    with parts.database.transaction() as db:
        db.add(
            Consent(
                id=new_id(at), person_id=learner_id, kind=portraits.KIND,
                version=portraits.VERSION, given_at=at,
            )
        )  # fmt: skip
        db.flush()
        judged = PortraitJudgement(FaceFinding(FaceVerdict.PASSED, "", 80), picture)
        assert portraits.keep(db, parts.vault, judged, learner_id=learner_id, now=at)
    return picture


def swapped(pdf: bytes, other: bytes) -> bytes:
    """The document with another picture in the place of its own, every other byte as it was."""
    start = pdf.index(b"stream\n", pdf.index(b"/Subtype/Image/Filter/DCTDecode")) + 7
    end = pdf.index(b"\nendstream", start)
    assert len(other) <= end - start, "the other picture has no room"
    return pdf[:start] + other.ljust(end - start, b"\0") + pdf[end:]
