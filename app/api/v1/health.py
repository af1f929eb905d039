"""Tells whether the server and the things it stands on are up."""

from fastapi import APIRouter
from pydantic import BaseModel

from app.api.problems import may_raise
from app.core.health import ask_database
from app.lobby.deps import ReadDb

router = APIRouter(tags=["health"])


class Readiness(BaseModel):
    """The database answers, and so many jobs wait for the worker."""

    database: str
    jobs_waiting: int


@router.get("/readyz", responses=may_raise())
def readiness(db: ReadDb) -> Readiness:
    """Tell whether requests can be served."""
    return Readiness(database="ok", jobs_waiting=ask_database(db))
