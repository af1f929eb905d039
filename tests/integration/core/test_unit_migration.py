"""Texts of units and positions on a roster become rows, and texts again on the way back."""

from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

from app.lobby.parts import Parts
from app.org.models.join_codes import JoinCode
from app.org.models.staff import StaffMember
from app.org.models.units import OrgPosition, OrgUnit
from tests.companies import found
from tests.people import MALLORY

BEFORE = "a04b7d2e5f93"
_TEXTS = (
    ("公司 / 车间一", " 装配工 "), ("公司/车间一", "装配工"), ("公司／车间一／甲班", ""),
    ("", ""), ("a/b/c/d/e/f/g", "经理"),
)  # fmt: skip


def _migrate(parts: Parts, where: str) -> None:
    configuration = Config("alembic.ini")
    with parts.database.engine.connect() as connection:
        configuration.attributes["connection"] = connection
        step = command.downgrade if where == BEFORE else command.upgrade
        step(configuration, where)
        connection.commit()


def test_the_texts_of_a_roster_become_its_tree(parts: Parts) -> None:
    org_id, now = found(parts, MALLORY), parts.clock.now()
    with parts.database.transaction() as db:
        for place, (unit, position) in enumerate(_TEXTS):
            db.add(
                StaffMember(
                    id=f"{place:026d}", org_id=org_id, roster_id=f"{place:026d}", state="invited",
                    unit=unit, position=position, invited_by="0" * 26, invited_at=now,
                )
            )  # fmt: skip
        db.add(
            JoinCode(
                id="0" * 26, org_id=org_id, code_sealed=b"x", code_index="x", unit="总部 / 前台",
                most_uses=1, made_by="0" * 26, made_at=now, ends_at=now,
            )
        )  # fmt: skip
    _migrate(parts, BEFORE)
    with parts.database.reading() as db:
        assert db.scalar(text("SELECT count(*) FROM staff_member")) == len(_TEXTS)
    _migrate(parts, "head")
    with parts.database.reading() as db:
        units = {row.words: row for row in db.scalars(select(OrgUnit))}
        assert set(units) == {
            "公司", "公司/车间一", "公司/车间一/甲班", "总部", "总部/前台",
            *("a/b/c/d/e/f g"[:end] for end in (1, 3, 5, 7, 9, 13)),
        }  # fmt: skip
        assert units["公司/车间一"].path == units["公司"].id + units["公司/车间一"].id
        rows = db.scalars(select(StaffMember).order_by(StaffMember.id)).all()
        assert [row.unit for row in rows] == [
            "公司/车间一", "公司/车间一", "公司/车间一/甲班", "", "a/b/c/d/e/f g"
        ]  # fmt: skip
        assert all(row.unit_id == (units[row.unit].id if row.unit else None) for row in rows)
        positions = {row.name: row.id for row in db.scalars(select(OrgPosition))}
        assert set(positions) == {"装配工", "经理"}
        assert [row.position_id for row in rows] == [
            positions["装配工"], positions["装配工"], None, None, positions["经理"]
        ]  # fmt: skip
        assert db.scalars(select(JoinCode.unit)).all() == ["总部/前台"]
