"""Who makes courses: an institution's agents; and what may come of a course here."""

from pathlib import Path

from sqlalchemy.orm import Session

from app.certs.providers.type_table import known_types
from app.certs.rules import lint, types
from app.certs.rules.types import TypeTable
from app.certs.services import printing
from app.core.errors import ForbiddenError, InvalidError
from app.identity.rules.actors import Actor, Role
from app.learning.providers.taxonomy import Taxonomy
from app.learning.services.draft_views import Checks
from app.learning.services.drafts import Maker
from app.org.rules.duties import Power
from app.org.rules.organisations import OrganisationKind
from app.org.services import organisations

# What a certificate's code holds beside the course's names: key, signature, number, masked holder
# (twenty letters), hours and days; and its address.
_ADDRESS_BYTES, _BESIDE_BYTES = 60, 170


def maker(db: Session, actor: Actor, *, looks: bool = False) -> Maker:
    """The institution that the caller makes courses for; `looks` for who changes nothing.

    Raises ForbiddenError for who acts for no institution, InvalidError for who acts for several.
    """
    organisation = organisations.acting_for(db, actor, Power.MAKE_COURSES, looks=looks)
    if Role.INSTITUTION not in actor.roles or organisation.kind is not OrganisationKind.INSTITUTION:
        raise ForbiddenError("只有培训机构可以制作课程。", remedy="请换用培训机构经办人的账号登录")
    return Maker(organisation.org_id, actor.account_id, organisation.name)


def checks(taxonomy: Taxonomy, reference_dir: Path) -> Checks:
    """What drafts are looked through by, as the reference folder has it now."""
    table = known_types(reference_dir)

    def refuse(name: str, months: int | None, title: str, institution: str) -> str:
        return _refusal(table, name, months, (title, institution), taxonomy.programme)

    return Checks(taxonomy.modules, refuse)


def _refusal(
    table: TypeTable, name: str, months: int | None, said: tuple[str, str], programme: str
) -> str:
    kind = table.named(name)
    found = types.refusal_of(kind, name)
    if kind is not None and found is None:
        found = types.validity_refusal(kind, months)
    if found is not None:
        return found
    if (wrong := _unprintable(*said, programme)) is not None:
        return wrong
    # Long names would make a code that no phone reads, and nobody would know until the end.
    minimum = _BESIDE_BYTES + sum(len(text.encode()) for text in (*said, name))
    flaw = lint.code_flaw(_ADDRESS_BYTES, minimum)
    return "" if flaw is None else f"{flaw.said()}请缩短课程名称。"


_REMEDIES = {
    "course": "请在课程信息里改正课程名称。",
    "institution": "请联系平台更正单位名称。",
    "programme": "请联系平台更正培训计划的名称。",
}


def _unprintable(title: str, institution: str, programme: str) -> str | None:
    """What of the names no certificate could print, with the remedy: else learners would wait."""
    for field, text in (
        ("course", title), ("institution", institution), ("programme", programme),
    ):  # fmt: skip
        flaw = printing.flaw_of(field, text)
        if flaw is not None:
            return f"{flaw.cause}{_REMEDIES[field]}"
    return None


def check_title(title: str) -> None:
    """Whether a certificate could print a course's title. Raises InvalidError."""
    flaw = printing.flaw_of("course", title)
    if flaw is not None:
        raise InvalidError(
            flaw.cause, field="/title", code="unprintable",
            remedy="证书上要印课程名称，请换成印得出来的字，例如去掉表情符号，少见的异体字换成通行的字",
        )  # fmt: skip


def certificate(reference_dir: Path, code: str, months: int | None) -> tuple[str, int | None]:
    """The name and the months of a kind that may come of a course. Raises InvalidError."""
    kind = known_types(reference_dir).coded(code)
    refusal = types.refusal_of(kind, code)
    if kind is None or refusal is not None:
        raise InvalidError(
            refusal or "没有这种证书。", field="/certificate", remedy="请从列表中选择"
        )
    wanted = types.months_of(kind, months)
    flaw = types.validity_refusal(kind, wanted)
    if flaw is not None:
        raise InvalidError(flaw, field="/validity_months", remedy="请改正有效期")
    return kind.name, wanted


def certificate_choices(reference_dir: Path) -> tuple[tuple[str, str], ...]:
    """(code, name) of the kinds that may come of a course here."""
    return tuple(
        (kind.code, kind.name)
        for kind in known_types(reference_dir).kinds
        if types.refusal_of(kind, kind.name) is None
    )
