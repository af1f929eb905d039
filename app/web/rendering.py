"""Renders pages: templates, the build's manifest, and what every page needs."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.core.errors import TooManyRequestsError
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import SHANGHAI, local_day
from app.lobby.parts import Parts
from app.org.rules.deadlines import SOON
from app.org.rules.duties import Power
from app.org.services.organisations import powers_held
from app.web.offices import offices_of

_FIRST_STYLES = "src/styles/first.css"


def minutes(ms: int) -> str:
    """12 分 30 秒; hours where there are any."""
    seconds = ms // 1000
    hour, rest = divmod(seconds, 3600)
    minute, second = divmod(rest, 60)
    if hour:
        return f"{hour} 小时 {minute} 分"
    if minute:
        return f"{minute} 分 {second:02d} 秒" if second else f"{minute} 分"
    return f"{second} 秒"


def pairs(rows: Iterable[Any], key: str, text: str) -> list[tuple[Any, Any]]:
    """(key, text) of rows by the names of their members: what a choice is made of."""
    return [(getattr(row, key), getattr(row, text)) for row in rows]


def hours(ms: int, hour_s: int = 2700) -> str:
    """学时 rounded down, as a page never states more than there is; below one, two decimals."""
    hundredths = ms * 100 // (hour_s * 1000)
    if hundredths < 100:
        return f"0.{hundredths:02d}"
    return f"{hundredths // 100}.{hundredths % 100 // 10}"


def day(moment: dt.datetime | dt.date) -> str:
    local = moment.astimezone(SHANGHAI) if isinstance(moment, dt.datetime) else moment
    return local.strftime("%Y-%m-%d")


def moment(at: dt.datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


def clock(at: dt.datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%H:%M")


def clock_s(at: dt.datetime) -> str:
    """To the second, for what is judged by it."""
    return at.astimezone(SHANGHAI).strftime("%H:%M:%S")


def position(ms: int) -> str:
    """Where in a film: 02:10; hours where there are any."""
    minute, second = divmod(ms // 1000, 60)
    hour, minute = divmod(minute, 60)
    return f"{hour}:{minute:02d}:{second:02d}" if hour else f"{minute:02d}:{second:02d}"


def full_moment(at: dt.datetime) -> str:
    """With the year, for what is kept or held against a paper."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def nearness(due: dt.date | str, now: dt.datetime) -> str:
    """How a day to keep looks: `bad` once it has passed, `wait` in its last week, else calm.

    Days are the wall's in Shanghai; a text is an ISO date.
    """
    due_on = dt.date.fromisoformat(due) if isinstance(due, str) else due
    left = due_on - local_day(now)
    if left < dt.timedelta(0):
        return "bad"
    return "wait" if left <= SOON else ""


def count(number: int) -> str:
    """66,000: a large number can be read at a glance."""
    return f"{number:,}"


def allowed(
    doors: Sequence[tuple[str, str, str, str]], powers: frozenset[Power]
) -> list[tuple[str, str, str]]:
    """Of a menu's doors those that somebody's duty opens: address, name and picture."""
    return [(href, name, picture) for href, name, picture, power in doors if power in powers]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the build made of each entry, and what is put inside a page: a sheet, and scripts."""

    entries: dict[str, dict[str, Any]]
    first_styles: str
    inline_scripts: dict[str, str]

    def styles(self, entry: str) -> Markup:
        """The link tags of an entry's sheets."""
        found = self._styles(self.entries[entry])
        links = "".join(f'<link rel="stylesheet" href="/static/{href}">' for href in found)
        return Markup(links)  # noqa: S704 -- names from our own build

    def first(self) -> Markup:
        return Markup(self.first_styles)  # noqa: S704 -- from our own build

    def inline(self, name: str) -> Markup:
        """The text of a script in frontend/src/inline; an unknown one is an error at once."""
        return Markup(self.inline_scripts[name])  # noqa: S704 -- from our own build

    def tags(self, entry: str) -> Markup:
        """The link and script tags of an entry; an unknown one is an error at once."""
        chunk = self.entries[entry]
        styles = str(self.styles(entry))
        file: str = chunk["file"]
        script = (
            f'<link rel="stylesheet" href="/static/{file}">'
            if file.endswith(".css")
            else f'<script type="module" src="/static/{file}"></script>'
        )
        # Else a browser hears of them only when the entry has come: a round trip more.
        early = "".join(
            f'<link rel="modulepreload" href="/static/{href}">' for href in self._imports(chunk)
        )
        return Markup(styles + early + script)  # noqa: S704 -- names from our own build

    def _imports(self, chunk: dict[str, Any]) -> list[str]:
        found: list[str] = []
        for imported in chunk.get("imports", []):
            inner = self.entries[imported]
            found += [inner["file"], *self._imports(inner)]
        return list(dict.fromkeys(found))

    def files(self, entries: Iterable[str]) -> list[str]:
        """Every file that these entries may load, now or on need, each once and in order."""
        found: set[str] = set()
        waiting = list(entries)
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            chunk = self.entries[name]
            found |= {chunk["file"], *chunk.get("css", []), *chunk.get("assets", [])}
            waiting += [*chunk.get("imports", []), *chunk.get("dynamicImports", [])]
        return sorted(found)

    def _styles(self, chunk: dict[str, Any]) -> list[str]:
        found = list(chunk.get("css", []))
        for imported in chunk.get("imports", []):
            found += self._styles(self.entries[imported])
        return list(dict.fromkeys(found))


def load_manifest(frontend_dir: Path) -> Manifest:
    """Read vite's manifest; without a build there are no pages, and the error says what to do."""
    dist = frontend_dir / "dist"
    path = dist / ".vite" / "manifest.json"
    if not path.exists():
        msg = f"{path} is missing: build the front end first with `./run build`"
        raise RuntimeError(msg)
    entries = json.loads(path.read_text(encoding="utf-8"))
    first = (dist / entries[_FIRST_STYLES]["file"]).read_text(encoding="utf-8")
    scripts = (dist / "inline").glob("*.js")
    return Manifest(entries, first, {s.stem: s.read_text(encoding="utf-8") for s in scripts})


def make_environment(folder: Path) -> Environment:
    """Build the template environment over the templates and the build in a folder."""
    environment = Environment(
        loader=FileSystemLoader(folder / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., object]] = {
        "pairs": pairs, "minutes": minutes, "hours": hours, "day": day, "moment": moment,
        "full_moment": full_moment, "count": count, "nearness": nearness,
        "allowed": allowed, "clock": clock, "clock_s": clock_s, "position": position,
    }  # fmt: skip
    environment.filters.update(filters)
    manifest = load_manifest(folder)
    environment.globals.update(
        asset_tags=manifest.tags,
        asset_styles=manifest.styles,
        first_styles=manifest.first,
        inline_script=manifest.inline,
    )
    return environment


def render(request: Request, template: str, page: object, status: int = 200) -> HTMLResponse:
    """Render a template with its typed context as `page`."""
    actor: Actor | None = getattr(request.state, "actor", None)
    html = _filled(
        request, template,
        page=page,
        actor=actor,
        offices=offices_of(actor),
        acting_name=getattr(request.state, "acting_name", None),
        powers=powers_held(actor),
        csrf_token=getattr(request.state, "csrf_token", ""),
        nonce=getattr(request.state, "nonce", ""),
        path=request.url.path,
        is_large_type=request.cookies.get("shixue_large") == "1",
    )  # fmt: skip
    return HTMLResponse(html, status_code=status)


def render_spent(
    request: Request, template: str, page: object, spent: TooManyRequestsError
) -> HTMLResponse:
    """The page with what was typed, for whoever tried too often: it says when again."""
    answer = render(request, template, page, 429)
    answer.headers["retry-after"] = str(spent.retry_after_s)
    return answer


def render_for_nobody(request: Request, template: str, page: object, *, path: str) -> str:
    """Render without a caller, a token or a nonce: the same text for whoever asks."""
    return _filled(
        request, template, page=page, actor=None, offices=offices_of(None), csrf_token="",
        acting_name=None, powers=frozenset(), nonce="", path=path, is_large_type=False,
    )  # fmt: skip


def _filled(request: Request, template: str, **context: object) -> str:
    environment: Environment = request.app.state.templates
    parts: Parts = request.state.parts
    return environment.get_template(template).render(
        now=parts.clock.now(), filing=parts.settings.filing, is_demo=parts.settings.demo, **context
    )
