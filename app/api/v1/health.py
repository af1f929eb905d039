"""Tells whether the server and the things it stands on are up."""

from fastapi import APIRouter
from pydantic import BaseModel

from app.api.problems import may_raise
from app.core.errors import UnavailableError
from app.core.health import ask_database
from app.lobby.deps import PartsDep, ReadDb

router = APIRouter(tags=["health"])


class Readiness(BaseModel):
    """The database answers, and so many jobs wait for the worker."""

    database: str
    jobs_waiting: int


@router.get("/readyz", responses=may_raise(UnavailableError))
def readiness(db: ReadDb, parts: PartsDep) -> Readiness:
    """Tell whether requests can be served, those that write included."""
    if parts.database.is_stalled():
        raise UnavailableError(
            "现在什么也存不进去。", code="stalled", remedy="运维：看日志里最后一次写入，必要时重启"
        )
    return Readiness(database="ok", jobs_waiting=ask_database(db))
