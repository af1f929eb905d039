"""The count of people whose faces are stored, and what it asks for."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.identity.repository import faces as rows
from app.identity.rules import face_filing


@dataclass(frozen=True, slots=True)
class StoredFaces:
    """`advice` is a sentence for those who look after the platform; empty where all is well."""

    people: int
    advice: str


def stored_faces(db: Session) -> StoredFaces:
    """Count them: a row of `face_template` a person, so one pass over its primary key."""
    people = rows.count_templates(db)
    return StoredFaces(people, face_filing.advice(people))
