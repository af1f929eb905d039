"""Networks, devices and habits of honest learners."""

from dataclasses import dataclass, field

BACK_MS = 60_000
DAY_MS = 86_400_000


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Milliseconds of the server since the session began, unless a name says otherwise.

    `does` holds moments and what happens then: hide, show, sleep and wake (the page's clock stands
    still between them), pause, pause_long, back (a minute back), reload, kill, return, second (a
    tab), other_device and back_to_first, clock_back and clock_ahead (the wall clock, by a day).
    """

    name: str
    outages: tuple[tuple[int, int], ...] = ()
    latency_ms: int = 80
    lost_requests: frozenset[int] = frozenset()
    lost_answers: frozenset[int] = frozenset()
    clock_percent: int = 100
    player_percent: int = 100
    wall_ahead_ms: int = 0
    timer_s: int | None = None
    does: tuple[tuple[int, str], ...] = ()
    download_percent: int | None = None
    has_network_loss: bool = field(default=False)


def _lost(name: str, *outages: tuple[int, int], **more: object) -> Profile:
    return Profile(name=name, outages=outages, has_network_loss=True, **more)


def _every(number: int, most: int = 400) -> frozenset[int]:
    return frozenset(range(number, most, number))


PROFILES = (
    Profile(name="perfect"),
    _lost(
        "4G loss bursts",
        lost_requests=_every(7) | _every(11),
        lost_answers=_every(9),
        latency_ms=300,
    ),
    _lost("lift, 60 s gone", (200_000, 260_000)),
    _lost("lift twice, 110 s gone", (100_000, 210_000), (500_000, 610_000)),
    _lost("tunnel of exactly the grace", (300_000, 420_000)),
    _lost("tunnel of 200 s", (300_000, 500_000)),
    _lost("out for 8 min, past idle", (300_000, 780_000)),
    Profile(name="screen lock, clock stands", does=((200_000, "sleep"), (290_000, "wake"))),
    Profile(name="background for a call", does=((150_000, "hide"), (240_000, "show"))),
    Profile(name="hidden for 4 min", does=((150_000, "hide"), (390_000, "show"))),
    Profile(name="reload", does=((95_000, "reload"), (422_000, "reload"))),
    Profile(name="tab crash, resume", does=((207_000, "kill"), (217_000, "return"))),
    Profile(name="low battery, back after 10 min", does=((207_000, "kill"), (807_000, "return"))),
    Profile(name="wall clock a day ahead", wall_ahead_ms=DAY_MS),
    Profile(name="wall clock a day behind", wall_ahead_ms=-DAY_MS),
    Profile(
        name="NTP steps the wall clock", does=((120_000, "clock_ahead"), (300_000, "clock_back"))
    ),
    Profile(name="timers throttled to 1/min", timer_s=60),
    Profile(name="slow phone, player −3 %", player_percent=97),
    Profile(name="fast clock +2 %", clock_percent=102),
    Profile(name="slow clock −2 %", clock_percent=98),
    _lost("every third answer lost", lost_answers=_every(3)),
    _lost("requests lost in a row", lost_requests=frozenset((5, 6, 7, 20, 21, 22, 40, 41))),
    Profile(name="3 s latency", latency_ms=3000),
    Profile(name="second tab", does=((120_000, "second"), (300_000, "second"))),
    Profile(
        name="other device, and back",
        does=((120_000, "other_device"), (240_000, "back_to_first")),
    ),
    Profile(name="pauses a lot", does=tuple((n * 20_000, "pause") for n in range(2, 45, 2))),
    Profile(name="long pause, 4 min", does=((200_000, "pause_long"),)),
    Profile(name="goes back to listen again", does=((180_000, "back"), (400_000, "back"))),
    Profile(name="slow download", download_percent=80),
)
