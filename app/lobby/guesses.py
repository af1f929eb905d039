"""Looking a certificate up by number and name: wrong names cost, right ones do not.

A number is no secret, and a name can be tried. Who tries wrong ones uses up their own network's
share first, so that nobody shuts out whoever knows the right one; all together have so few that
trying is hopeless (docs/certificates.md, "By number and name", has the odds).
"""

import datetime as dt
import ipaddress
from collections.abc import Collection, Sequence
from typing import Final

from app.certs.rules import numbers
from app.certs.rules.typed import slip_of
from app.certs.services import verification
from app.certs.services.verdict_view import VerdictView
from app.core.errors import InvalidError, TooManyRequestsError
from app.core.moments import spoken_wait
from app.core.ratelimit import Limit
from app.lobby import limits
from app.lobby.limits import Looking
from app.lobby.parts import Parts

_HOUR, _DAY = 3600, 24 * 3600
BY_NETWORK: Final = Limit("verify.wrong.network", 5, _HOUR)
BY_NETWORK_A_DAY: Final = Limit("verify.wrong.network.day", 10, _DAY)
BY_STRANGERS: Final = Limit("verify.wrong.strangers", 60, _DAY)
FIRST_OF_NETWORK: Final = Limit("verify.wrong.first", 2, _DAY)
OF_FRESH_NETWORKS: Final = Limit("verify.wrong.fresh", 240, _DAY)
BY_PERSON: Final = Limit("verify.wrong.person", 10, _DAY)
_V4_PREFIX, _V6_PREFIX = 24, 48
"""What one customer or one small provider holds: addresses within are no others' for this."""
_WRONG_NAMES: Final = "这个编号填错姓名的次数太多（也可能是别人填错的）"
_OWN_WRONG_NAMES: Final = "您用这个编号填错姓名的次数太多"
_OPEN: Final = (
    "只是按编号查询有次数限制；证书上的方块码现在就可以扫，不限次数；文件也可以选来查，另算次数"
)
_OPEN_TO_STRANGERS: Final = f"{_OPEN}；登录并完成实名以后，按编号查询也另算次数"
Use = tuple[Limit, str]


def look_up(
    parts: Parts, who: Looking, number: str, name: str, *, hosts: Collection[str], now: dt.datetime
) -> VerdictView:
    """证书查询, within the limits. Raises TooManyRequestsError, which names the ways left open.

    Raises InvalidError for what nobody can have meant: that is no try. `hosts` are those of our
    addresses.

    A try counts before it is answered, so that many at once are not more than one after another,
    and is given back where the name was right.
    """
    if slip := slip_of(number, name, hosts=hosts):
        raise InvalidError(slip.message, field=f"/{slip.field}", code=slip.code, remedy=slip.remedy)
    taken = take(parts, who, number, now=now)
    with parts.database.reading() as db:
        view = verification.by_number(db, parts.vault, parts.keys, number, name, now=now)
    if view.facts is not None:
        give_back(parts, taken)
    return view


def give_back(parts: Parts, taken: Sequence[Use]) -> None:
    """The name was right: the try costs nothing."""
    for limit, key in taken:
        parts.limiter.give_back(limit, key)


def network_of(address: str) -> str:
    """The neighbourhood of an address; one that is none is its own."""
    try:
        host = ipaddress.ip_address(address.partition("/")[0])
    except ValueError:
        return address
    prefix = _V4_PREFIX if host.version == 4 else _V6_PREFIX
    return str(ipaddress.ip_network(f"{host}/{prefix}", strict=False))


def take(parts: Parts, who: Looking, number: str, *, now: dt.datetime) -> Sequence[Use]:
    """Count a try; returns the uses that are given back where the name is right. Raises so."""
    is_stranger = who.person_id is None
    open_ways = _OPEN_TO_STRANGERS if is_stranger else _OPEN
    try:
        limits.before_row(parts, who, number=number, now=now)
    except TooManyRequestsError as spent:
        wait_s = spent.retry_after_s
        raise TooManyRequestsError(
            spent.message, retry_after_s=wait_s, remedy=open_ways
        ) from None  # fmt: skip
    normal = numbers.normalise(number)
    if normal is None:
        return ()
    try:
        if is_stranger:
            return _of_stranger(parts, normal, f"{normal}.{network_of(who.address)}", now)
        own = [(BY_PERSON, f"{normal}.{who.person_id}")]
        parts.limiter.take_each(own, now=now)
    except TooManyRequestsError as spent:
        # Whoever has the right name did nothing too often: it is the number that was tried.
        wait_s, reason = spent.retry_after_s, _WRONG_NAMES if is_stranger else _OWN_WRONG_NAMES
        message = f"{reason}，请{spoken_wait(wait_s, now)}再按编号查。"
        raise TooManyRequestsError(message, retry_after_s=wait_s, remedy=open_ways) from None
    return own


def _of_stranger(parts: Parts, number: str, place: str, now: dt.datetime) -> Sequence[Use]:
    """The network's own share, then one of all strangers' or, for its first tries, a fresh one."""
    own = [(BY_NETWORK, place), (BY_NETWORK_A_DAY, place)]
    parts.limiter.take_each(own, now=now)
    first, shared = (FIRST_OF_NETWORK, place), (BY_STRANGERS, number)
    first_spent, shared_spent = _spent(parts, first, now), _spent(parts, shared, now)
    taken = [*own, first, shared]
    if shared_spent is None:
        return taken
    fresh = (OF_FRESH_NETWORKS, number)
    if first_spent is not None:
        raise min(first_spent, shared_spent, key=lambda each: each.retry_after_s)
    parts.limiter.take_each([fresh], now=now)
    return [*taken, fresh]


def _spent(parts: Parts, use: Use, now: dt.datetime) -> TooManyRequestsError | None:
    """Count a use; what was refused where none was left."""
    try:
        parts.limiter.take_each([use], now=now)
    except TooManyRequestsError as refused:
        return refused
    return None
