"""Courses have versions: what there is becomes the first one, and enrolments stay on theirs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c3a81f5d7e92"
down_revision = "c41d8b6f9e27"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_MOMENT = sa.DateTime(timezone=True)
_FIXED = ("published", "retired")
_KEPT = (
    "id", "course_id", "number", "cluster_code", "title", "summary", "programme", "institution",
    "certificate_type", "validity_months", "exam_size", "exam_s", "settings", "training_kind",
    "objective", "occupation_code", "level", "tags", "author_id", "writers", "reviewer_id", "notes",
    "created_at", "submitted_at", "published_at",
)  # fmt: skip
"""What nobody changes of a published version; the rest says that it is retired."""
_IN_VERSIONS = ("lesson", "chapter", "material")
_MESSAGE = "a published version never changes"


def upgrade() -> None:
    _create_versions()
    _create_chapters()
    _create_materials()
    # The first version of a course has the course's own id: whoever has none is on that one.
    op.execute(
        "INSERT INTO course_version (id, course_id, number, state, cluster_code, title, summary, "
        "programme, institution, certificate_type, validity_months, exam_size, exam_s, settings, "
        "created_at, published_at) SELECT id, id, 1, 'published', cluster_code, title, summary, "
        "programme, institution, certificate_type, validity_months, exam_size, exam_s, policy, "
        "created_at, created_at FROM course"
    )
    _extend_course()
    _extend_lesson()
    _extend_enrolment()
    _fix_published()


def _create_versions() -> None:
    text = {"nullable": False, "server_default": ""}
    op.create_table(
        "course_version",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("course_id", sa.String(26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("cluster_code", sa.String(20), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("programme", sa.String(200), nullable=False),
        sa.Column("institution", sa.String(120), nullable=False),
        sa.Column("certificate_type", sa.String(60), nullable=False),
        sa.Column("validity_months", sa.Integer(), nullable=True),
        sa.Column("exam_size", sa.Integer(), nullable=False),
        sa.Column("exam_s", sa.Integer(), nullable=False),
        sa.Column("settings", _JSON, nullable=False),
        sa.Column("training_kind", sa.String(20), **text),
        sa.Column("objective", sa.String(20), **text),
        sa.Column("occupation_code", sa.String(20), **text),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("tags", _JSON, nullable=True),
        sa.Column("author_id", sa.String(26), nullable=True),
        sa.Column("writers", _JSON, nullable=True),
        sa.Column("reviewer_id", sa.String(26), nullable=True),
        sa.Column("notes", sa.Text(), **text),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=True),
        sa.Column("published_at", _MOMENT, nullable=True),
        sa.Column("retired_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_version_course_id_course")),
        sa.ForeignKeyConstraint(
            ["cluster_code"], ["cluster.code"], name=op.f("fk_course_version_cluster_code_cluster")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_version")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_version_course_id_number")),
    )
    for name, states in (("open", "'draft', 'in_review'"), ("offered", "'published'")):
        where = sa.text(f"state IN ({states})" if name == "open" else f"state = {states}")
        op.create_index(
            f"uq_course_version_{name}", "course_version", ["course_id"], unique=True,
            sqlite_where=where, postgresql_where=where,
        )  # fmt: skip


def _create_chapters() -> None:
    op.create_table(
        "chapter",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("version_id", sa.String(26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_version.id"], name=op.f("fk_chapter_version_id_course_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chapter")),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_chapter_version_id_position")),
    )


def _create_materials() -> None:
    op.create_table(
        "material",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("version_id", sa.String(26), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("storage_key", sa.String(200), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_version.id"], name=op.f("fk_material_version_id_course_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
    )
    op.create_index(op.f("ix_material_version_id"), "material", ["version_id"])


def _extend_course() -> None:
    with op.batch_alter_table("course") as table:
        table.add_column(sa.Column("org_id", sa.String(26), nullable=True))
        table.create_foreign_key(
            op.f("fk_course_org_id_organisation"), "organisation", ["org_id"], ["id"]
        )
        table.create_index(op.f("ix_course_org_id"), ["org_id"])


def _extend_lesson() -> None:
    with op.batch_alter_table("lesson") as table:
        table.add_column(sa.Column("version_id", sa.String(26), nullable=True))
        table.add_column(sa.Column("chapter_id", sa.String(26), nullable=True))
    op.execute("UPDATE lesson SET version_id = course_id")
    with op.batch_alter_table("lesson") as table:
        table.alter_column("version_id", existing_type=sa.String(26), nullable=False)
        table.drop_constraint(op.f("uq_lesson_course_id_position"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_lesson_version_id_position"), ["version_id", "position"]
        )
        table.create_foreign_key(
            op.f("fk_lesson_version_id_course_version"), "course_version", ["version_id"], ["id"]
        )
        table.create_foreign_key(
            op.f("fk_lesson_chapter_id_chapter"), "chapter", ["chapter_id"], ["id"]
        )
        table.create_index(op.f("ix_lesson_course_id"), ["course_id"])
        table.create_index(op.f("ix_lesson_chapter_id"), ["chapter_id"])


def _extend_enrolment() -> None:
    with op.batch_alter_table("enrolment") as table:
        table.add_column(sa.Column("version_id", sa.String(26), nullable=True))
        table.create_foreign_key(
            op.f("fk_enrolment_version_id_course_version"), "course_version", ["version_id"], ["id"]
        )
        table.create_index(op.f("ix_enrolment_version_id"), ["version_id"])
    op.execute("UPDATE enrolment SET version_id = course_id")


def _fix_published() -> None:
    """Let the database itself refuse to change what somebody may be learning."""
    if op.get_bind().dialect.name == "sqlite":
        _fix_on_sqlite()
    else:
        _fix_on_postgresql()


def _fix_on_sqlite() -> None:
    for table in _IN_VERSIONS:
        for verb, sides in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            of = ", ".join(f"{side}.version_id" for side in sides)
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM course_version WHERE id IN ({of}) "
                f"AND state IN {_FIXED}) BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            )
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _KEPT)
    op.execute(
        "CREATE TRIGGER course_version_no_update BEFORE UPDATE ON course_version "
        f"WHEN OLD.state IN {_FIXED} AND NOT (NEW.state = 'retired' AND {same}) "
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    )
    op.execute(
        "CREATE TRIGGER course_version_no_delete BEFORE DELETE ON course_version "
        f"WHEN OLD.state IN {_FIXED} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    )


def _fix_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_in_published() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF EXISTS (SELECT 1 FROM course_version WHERE state IN ('published', 'retired') "
        "AND (TG_OP <> 'INSERT' AND id = OLD.version_id OR TG_OP <> 'DELETE' AND id = NEW.version_id)) "
        f"THEN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = '23000'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    for table in _IN_VERSIONS:
        op.execute(
            f"CREATE TRIGGER {table}_fixed BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_in_published()"
        )
    op.execute(
        "CREATE FUNCTION refuse_published() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF OLD.state IN ('published', 'retired') AND (TG_OP = 'DELETE' OR NOT "
        "(NEW.state = 'retired' AND to_jsonb(NEW) - 'state' - 'retired_at' = "
        "to_jsonb(OLD) - 'state' - 'retired_at')) "
        f"THEN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = '23000'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER course_version_fixed BEFORE UPDATE OR DELETE ON course_version "
        "FOR EACH ROW EXECUTE FUNCTION refuse_published()"
    )


def downgrade() -> None:
    """Raises RuntimeError where a course has more than one version: their lessons would mix."""
    query = sa.text("SELECT count(*) FROM course_version WHERE number > 1 OR state <> 'published'")
    if op.get_bind().scalar(query):
        msg = "courses have versions by now that the release before does not know"
        raise RuntimeError(msg)
    _loosen()
    with op.batch_alter_table("enrolment") as table:
        table.drop_index(op.f("ix_enrolment_version_id"))
        table.drop_constraint(op.f("fk_enrolment_version_id_course_version"), type_="foreignkey")
        table.drop_column("version_id")
    with op.batch_alter_table("lesson") as table:
        table.drop_index(op.f("ix_lesson_chapter_id"))
        table.drop_index(op.f("ix_lesson_course_id"))
        table.drop_constraint(op.f("fk_lesson_chapter_id_chapter"), type_="foreignkey")
        table.drop_constraint(op.f("fk_lesson_version_id_course_version"), type_="foreignkey")
        table.drop_constraint(op.f("uq_lesson_version_id_position"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_lesson_course_id_position"), ["course_id", "position"]
        )
        table.drop_column("chapter_id")
        table.drop_column("version_id")
    with op.batch_alter_table("course") as table:
        table.drop_index(op.f("ix_course_org_id"))
        table.drop_constraint(op.f("fk_course_org_id_organisation"), type_="foreignkey")
        table.drop_column("org_id")
    op.drop_table("material")
    op.drop_table("chapter")
    op.drop_table("course_version")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_published()")
        op.execute("DROP FUNCTION refuse_in_published()")


def _loosen() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in _IN_VERSIONS:
            for verb in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
        return
    for table in _IN_VERSIONS:
        op.execute(f"DROP TRIGGER {table}_fixed ON {table}")
