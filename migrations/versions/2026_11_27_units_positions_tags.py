"""Units as a tree, positions and tags as rows of their own; a roster's texts become those rows."""

import datetime as dt
import re
import secrets

import sqlalchemy as sa
from alembic import op

revision = "3c5a9e71d0b8"
down_revision = "a04b7d2e5f93"
branch_labels = None
depends_on = None

_LEVELS, _LETTERS = 6, 60


def upgrade() -> None:
    _create_tables()
    for table, columns in (
        ("staff_member", ("unit",)), ("roster_step", ("unit_before", "unit_after")),
        ("join_code", ("unit",)),
    ):  # fmt: skip
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.alter_column(
                    column, existing_type=sa.String(60), type_=sa.String(200),
                    existing_nullable=False,
                )  # fmt: skip
    op.add_column(
        "roster_import", sa.Column("new_places", sa.Integer(), server_default="0", nullable=False)
    )
    with op.batch_alter_table("staff_member") as batch:
        for column, table in (("unit_id", "org_unit"), ("position_id", "org_position")):
            batch.add_column(sa.Column(column, sa.String(26), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_staff_member_{column}_{table}"), table, [column], ["id"]
            )
            batch.create_index(
                op.f(f"ix_staff_member_org_id_{column}_state"), ["org_id", column, "state"]
            )
    _take_over(op.get_bind())


def _create_tables() -> None:
    for name, own, most, further in (
        ("org_unit", "words", 200, [sa.Column("path", sa.String(156), nullable=False)]),
        ("org_position", "name", 60, []),
        ("org_tag", "name", 60, []),
    ):
        ends = [sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True)]
        op.create_table(
            name,
            sa.Column("id", sa.String(26), nullable=False),
            sa.Column("org_id", sa.String(26), nullable=False),
            sa.Column(own, sa.String(most), nullable=False),
            *further,
            sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
            *(ends if name != "org_tag" else []),
            sa.ForeignKeyConstraint(
                ["org_id"], ["organisation.id"], name=op.f(f"fk_{name}_org_id_organisation")
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            sa.UniqueConstraint("org_id", own, name=op.f(f"uq_{name}_org_id_{own}")),
        )
    op.create_index(op.f("ix_org_unit_org_id_path"), "org_unit", ["org_id", "path"])
    op.create_table(
        "staff_tag",
        sa.Column("staff_id", sa.String(26), nullable=False),
        sa.Column("tag_id", sa.String(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_staff_tag_staff_id_staff_member")
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["org_tag.id"], name=op.f("fk_staff_tag_tag_id_org_tag")
        ),
        sa.PrimaryKeyConstraint("staff_id", "tag_id", name=op.f("pk_staff_tag")),
    )
    op.create_index(op.f("ix_staff_tag_tag_id_staff_id"), "staff_tag", ["tag_id", "staff_id"])


def _levels(text: str) -> list[str]:
    """A text as the tree has it; what is too deep for it is the last level's name."""
    found = [" ".join(part.split())[:_LETTERS] for part in re.split("[/／]", text)]  # noqa: RUF001
    found = [part for part in found if part]
    if len(found) > _LEVELS:
        found[_LEVELS - 1 :] = [" ".join(found[_LEVELS - 1 :])[:_LETTERS]]
    return found


def _id() -> str:
    return secrets.token_hex(13).upper()


def _take_over(db: sa.Connection) -> None:
    moment = dt.datetime.now(dt.UTC)
    staff = sa.table(
        "staff_member", *map(sa.column, ("org_id", "unit", "unit_id", "position", "position_id"))
    )
    codes = sa.table("join_code", sa.column("org_id"), sa.column("unit"))
    _Units(db, moment).take_over(staff, codes)
    positions = sa.table(
        "org_position", sa.column("id"), sa.column("org_id"), sa.column("name"),
        sa.column("made_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    held = sa.select(staff.c.org_id, staff.c.position).where(staff.c.position != "").distinct()
    made: dict[tuple[str, str], str] = {}
    for org_id, text in db.execute(held).all():
        name = " ".join(text.split())
        if not name:
            continue
        position_id = made.get((org_id, name))
        if position_id is None:
            position_id = made[org_id, name] = _id()
            db.execute(
                positions.insert().values(id=position_id, org_id=org_id, name=name, made_at=moment)
            )
        here = (staff.c.org_id == org_id) & (staff.c.position == text)
        db.execute(staff.update().where(here).values(position=name, position_id=position_id))


class _Units:
    """Makes the tree of what the lines and the codes name."""

    def __init__(self, db: sa.Connection, moment: dt.datetime) -> None:
        self._db = db
        self._moment = moment
        self._made: dict[tuple[str, str], tuple[str, str]] = {}
        self._table = sa.table(
            "org_unit", *map(sa.column, ("id", "org_id", "words", "path")),
            sa.column("made_at", sa.DateTime(timezone=True)),
        )  # fmt: skip

    def take_over(self, staff: sa.TableClause, codes: sa.TableClause) -> None:
        for table in (staff, codes):
            named = sa.select(table.c.org_id, table.c.unit).where(table.c.unit != "").distinct()
            for org_id, text in self._db.execute(named).all():
                words, unit_id = self._unit(org_id, _levels(text))
                values = {"unit": words} | ({"unit_id": unit_id} if table is staff else {})
                here = (table.c.org_id == org_id) & (table.c.unit == text)
                self._db.execute(table.update().where(here).values(**values))

    def _unit(self, org_id: str, levels: list[str]) -> tuple[str, str | None]:
        path, words, unit_id = "", "", None
        for level in levels:
            words = f"{words}/{level}" if words else level
            if (org_id, words) not in self._made:
                unit_id = _id()
                self._made[org_id, words] = unit_id, path + unit_id
                self._db.execute(
                    self._table.insert().values(
                        id=unit_id, org_id=org_id, words=words, path=path + unit_id,
                        made_at=self._moment,
                    )
                )  # fmt: skip
            unit_id, path = self._made[org_id, words]
        return words, unit_id


def downgrade() -> None:
    with op.batch_alter_table("staff_member") as batch:
        for column, table in (("unit_id", "org_unit"), ("position_id", "org_position")):
            batch.drop_index(op.f(f"ix_staff_member_org_id_{column}_state"))
            batch.drop_constraint(op.f(f"fk_staff_member_{column}_{table}"), type_="foreignkey")
            batch.drop_column(column)
    op.drop_column("roster_import", "new_places")
    for table, columns in (
        ("staff_member", ("unit",)), ("roster_step", ("unit_before", "unit_after")),
        ("join_code", ("unit",)),
    ):  # fmt: skip
        for column in columns:
            op.execute(f"UPDATE {table} SET {column} = substr({column}, 1, 60)")  # noqa: S608
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.alter_column(
                    column, existing_type=sa.String(200), type_=sa.String(60),
                    existing_nullable=False,
                )  # fmt: skip
    for table in ("staff_tag", "org_tag", "org_position", "org_unit"):
        op.drop_table(table)
