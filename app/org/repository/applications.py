"""Questions about applications to be an organisation here."""

import datetime as dt

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, undefer

from app.org.models.applications import OrganisationApplication
from app.org.rules.applications import ApplicationState


def get_application(db: Session, application_id: str) -> OrganisationApplication | None:
    return db.get(OrganisationApplication, application_id)


def licence_of(db: Session, application_id: str) -> OrganisationApplication | None:
    """The application with its sealed licence, which is read nowhere else."""
    query = select(OrganisationApplication).where(OrganisationApplication.id == application_id)
    return db.scalars(query.options(undefer(OrganisationApplication.licence_sealed))).first()


def applications_of(db: Session, learner_id: str) -> list[OrganisationApplication]:
    """A person's applications, the newest first."""
    query = select(OrganisationApplication).where(OrganisationApplication.learner_id == learner_id)
    return list(db.scalars(query.order_by(OrganisationApplication.id.desc())))


def open_application(db: Session, learner_id: str) -> OrganisationApplication | None:
    query = select(OrganisationApplication).where(
        OrganisationApplication.learner_id == learner_id,
        OrganisationApplication.state == ApplicationState.OPEN,
    )
    return db.scalars(query).first()


def count_others(db: Session, application: OrganisationApplication) -> int:
    """How many other open applications are about the same code."""
    query = select(func.count()).where(
        OrganisationApplication.uscc == application.uscc,
        OrganisationApplication.state == ApplicationState.OPEN,
        OrganisationApplication.id != application.id,
    )
    return db.scalar(query) or 0


def close_application(
    db: Session,
    application_id: str,
    state: ApplicationState,
    *,
    org_id: str | None,
    reason: str | None,
    now: dt.datetime,
) -> bool:
    """End an open application; tells False where it has ended already."""
    closed = db.execute(
        update(OrganisationApplication)
        .where(
            OrganisationApplication.id == application_id,
            OrganisationApplication.state == ApplicationState.OPEN,
        )
        .values(state=state, org_id=org_id, reason=reason, decided_at=now)
        .returning(OrganisationApplication.id)
    )
    return closed.first() is not None


def delete_applications(db: Session, learner_id: str) -> None:
    db.execute(
        delete(OrganisationApplication).where(OrganisationApplication.learner_id == learner_id)
    )
