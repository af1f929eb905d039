"""Shapes of the explained signals of risk: what the desk and the regulator read."""

import datetime as dt

from app.api.answers import Answer


class ReasonOut(Answer):
    """One signal of risk: its weight in points, what was seen, and how it may be innocent."""

    code: str
    name: str
    weight: int
    seen: str
    innocent: str


class DeviceOut(Answer):
    device_id: str
    people: int
    is_shared: bool


class SittingOut(Answer):
    session_id: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    device: DeviceOut


class RiskOut(Answer):
    """The signals of a case, and when and on which devices its person sat."""

    reasons: list[ReasonOut]
    sittings: list[SittingOut]
