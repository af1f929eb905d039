"""Shapes of the explained signals of risk: what the desk and the regulator read."""

import datetime as dt
from dataclasses import asdict
from typing import Self

import msgspec
from pydantic import BaseModel

from app.oversight.services.risk_reports import RiskFile


class ReasonOut(BaseModel):
    """One signal of risk: its weight in points, what was seen, and how it may be innocent."""

    code: str
    name: str
    weight: int
    seen: str
    innocent: str


class DeviceOut(BaseModel):
    device_id: str
    people: int
    is_shared: bool


class SittingOut(BaseModel):
    session_id: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    device: DeviceOut


class RiskOut(BaseModel):
    reasons: list[ReasonOut]
    sittings: list[SittingOut]

    @classmethod
    def of(cls, file: RiskFile) -> Self:
        """The signals of a case as they go out."""
        reasons = [ReasonOut.model_validate(msgspec.structs.asdict(each)) for each in file.reasons]
        sittings = [SittingOut.model_validate(asdict(each)) for each in file.sittings]
        return cls(reasons=reasons, sittings=sittings)
