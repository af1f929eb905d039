"""Companies' own sign-ins, whichever way they are spoken to."""

import datetime as dt

from app.identity.providers.company_doors import Came, Door, Going
from app.identity.providers.company_lines import CompanyLines
from app.identity.providers.company_oidc import OidcDoors
from app.identity.providers.company_wecom import WecomDoors
from app.identity.rules.company_sign_ins import CompanyKind


class CompanyDoors:
    """Speaks to every company; threads share it.

    `may_be_plain`: http and private addresses pass, for the simulation; production has neither.
    """

    def __init__(self, *, may_be_plain: bool) -> None:
        self.may_be_plain = may_be_plain
        lines = CompanyLines(is_guarded=not may_be_plain)
        self._oidc = OidcDoors(lines, may_be_plain=may_be_plain)
        self._wecom = WecomDoors(lines, may_be_plain=may_be_plain)

    def address(
        self, door: Door, going: Going, *, now: dt.datetime, is_inside: bool = False
    ) -> str:
        """Return the company's page with our question. Raises CompanyError.

        `is_inside`: the browser is 企业微信's own, which knows its member already.
        """
        if door.kind is CompanyKind.WECOM:
            return self._wecom.address(door, going, is_inside=is_inside)
        return self._oidc.address(door, going, now=now)

    def check_answerer(self, door: Door, said: str | None, *, now: dt.datetime) -> None:
        """Refuse an answer of somebody else (RFC 9207). Raises CompanyError."""
        if door.kind is CompanyKind.OIDC:
            self._oidc.check_answerer(door, said, now=now)

    def came(self, door: Door, going: Going, code: str, *, now: dt.datetime) -> Came:
        """Trade the code for who came. Raises CompanyError."""
        if door.kind is CompanyKind.WECOM:
            return self._wecom.came(door, code, now=now)
        return self._oidc.came(door, going, code, now=now)
