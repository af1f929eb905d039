"""What a vendor's answer means for the person, and who is said to have given it."""

import pytest

from app.identity.rules import registry
from app.identity.rules.documents import DocumentType
from app.identity.rules.registry import RegistryOutcome


@pytest.mark.parametrize("document_type", DocumentType)
@pytest.mark.parametrize("outcome", RegistryOutcome)
def test_only_a_match_is_a_match_whatever_the_document(
    outcome: RegistryOutcome, document_type: DocumentType
) -> None:
    settled = registry.settled(outcome, document_type)
    assert (settled is RegistryOutcome.MATCH) == (outcome is RegistryOutcome.MATCH)
    if document_type is DocumentType.RESIDENT_ID:
        assert settled is outcome


@pytest.mark.parametrize("document_type", DocumentType)
def test_wrong_about_a_document_that_vendors_may_not_know_is_for_a_human(
    document_type: DocumentType,
) -> None:
    is_resident = document_type is DocumentType.RESIDENT_ID
    settled = registry.settled(RegistryOutcome.BAD_ID, document_type)
    assert registry.counts_as_strike(settled) == is_resident
    assert registry.needs_review(settled, 0) != is_resident


def test_the_form_of_2004_is_not_sent() -> None:
    foreign = DocumentType.FOREIGN_PERMANENT
    assert not registry.is_documented(foreign, "FRA510081080304")
    assert registry.is_documented(foreign, "911124198108030024")
    assert registry.is_documented(DocumentType.RESIDENT_ID, "11010519491231002X")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (None, "没有记录"),
        ("", "没有去问"),
        ("simulated", "模拟核验"),
        ("tencent", "腾讯云"),
        ("aliyun@gw.example.cn", "阿里云（经 gw.example.cn）"),
    ],
)
def test_who_answered_is_said_in_words(source: str | None, name: str) -> None:
    assert registry.source_name(source) == name


@pytest.mark.parametrize("outcome", RegistryOutcome)
def test_every_outcome_has_a_sentence_and_a_name(outcome: RegistryOutcome) -> None:
    assert registry.SENTENCES[outcome].endswith("。")
    assert registry.OUTCOME_NAMES[outcome]
