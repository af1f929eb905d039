"""What every kind of company sign-in has in common: what is set, said, and comes back."""

from dataclasses import dataclass, field

from app.identity.rules.company_sign_ins import CompanyKind, Trouble


class CompanyError(RuntimeError):
    """Nobody is let in; holds nothing personal."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Door:
    """An organisation's sign-in as it is set; `agent_id` is 企业微信's number of the app."""

    kind: CompanyKind
    issuer: str
    client_id: str
    agent_id: str
    secret: str = field(repr=False)
    trusts_second_factor: bool

    @property
    def asker(self) -> str:
        """For whom a company's addresses are asked; an issuer holds no space."""
        return f"{self.issuer} {self.client_id}"


@dataclass(frozen=True, slots=True)
class Going:
    """What is said on the way there, and needed again to read the answer."""

    return_url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Came:
    """Who came back: the provider's own name of them, and how it knew them."""

    subject: str
    acr: str
    amr: tuple[str, ...]
    auth_time: int | None
