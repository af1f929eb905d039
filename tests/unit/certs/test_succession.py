"""One certificate in another one's place: who and when anew, what was learnt as it was."""

from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules.facts import VERSION, CertificateFacts
from app.certs.rules.succession import ITS_OWN, restated


def _facts() -> st.SearchStrategy[CertificateFacts]:
    return st.builds(CertificateFacts, version=st.just(VERSION))


@given(_facts(), _facts())
def test_nothing_that_was_learnt_is_another_and_everything_else_is_the_new_ones(
    old: CertificateFacts, new: CertificateFacts
) -> None:
    made = asdict(restated(old, new))
    for name, value in made.items():
        assert value == getattr(new if name in ITS_OWN else old, name), name


def test_what_is_its_own_is_what_names_holder_paper_and_moment() -> None:
    assert set(CertificateFacts.__dataclass_fields__) >= ITS_OWN
    assert not ITS_OWN & {"hours", "score", "course", "completed_on", "expires_on", "evidence"}
