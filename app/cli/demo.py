"""The demo: migrates, brings courses and people in, says where to look, and serves."""

import argparse
import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from app.cli import nearby, rehearsal, schema, seed
from app.cli.people import Cast
from app.core import logging as logs
from app.core.clock import SystemClock
from app.core.settings import Settings
from app.identity.services import entrances, people
from app.lobby.parts import Parts
from app.main import build_parts

_LINKS = (
    ("工人", "alice"), ("学完的工人", "carol"), ("用人单位", "bob"), ("培训机构", "jun"),
    ("主管部门", "rui"),
    ("审核员", "jing"), ("另一位审核员", "zhenhua"),
    ("系统管理员", "admin"), ("安全管理员", "security"), ("另一位安全管理员", "security2"),
    ("审计管理员", "auditor"),
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=Path("var/demo"))
    parser.add_argument(
        "--lan", action="store_true", help="serve HTTPS to phones in the same network"
    )


def run(arguments: argparse.Namespace) -> None:
    """Serve the demo on this machine alone, or to the phones nearby."""
    if nearby.answers(arguments.port):
        sys.exit(f"port {arguments.port} is taken: stop what serves there, or choose --port")
    data: Path = arguments.data
    host, scheme = "127.0.0.1", "http"
    certificate = key = None
    if arguments.lan:
        host, scheme = nearby.address(), "https"
        certificate, key = nearby.certificate(data / "lan", host, now=SystemClock().now())
    address = f"{scheme}://{host}:{arguments.port}"
    os.environ |= {
        "SHIXUE_DEMO": "1",
        "SHIXUE_STUDY_POLICY": "quick",
        "SHIXUE_DATA_DIR": str(data),
        "SHIXUE_PUBLIC_URL": address,
        "SHIXUE_FORMER_URLS": json.dumps(served_before(data, address)),
        "SHIXUE_LOG_LEVEL": os.environ.get("SHIXUE_LOG_LEVEL", "warning"),
    }
    logs.configure(Settings().log_level)
    schema.upgrade(Settings())
    shown = rehearsal.perform(Settings())
    parts = build_parts(Settings())
    cast = seed.everything(parts)
    sys.stdout.write(_where_to_look(parts, cast, address, shown, is_lan=arguments.lan))
    sys.stdout.flush()
    parts.database.close()
    uvicorn.run(
        "app.main:app_from_environment", factory=True,
        host="0.0.0.0" if arguments.lan else host,  # noqa: S104 -- what --lan asks for
        port=arguments.port, access_log=False, server_header=False, log_config=None,
        proxy_headers=False,
        ssl_certfile=certificate, ssl_keyfile=key,
    )  # fmt: skip


def served_before(data: Path, address: str) -> list[str]:
    """Return where these data were served before, the newest first, and note where they are now.

    Certificates of an earlier run name its port, or this machine alone where phones come now:
    unknown addresses are those of somebody else's certificates.
    """
    note = data / "addresses.json"
    known: list[str] = json.loads(note.read_text()) if note.exists() else []
    now = urlsplit(address).netloc
    before = [each for each in known if urlsplit(each).netloc != now]
    data.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps([address, *before]))
    return before


def _where_to_look(
    parts: Parts, cast: Cast, address: str, shown: rehearsal.Shown, *, is_lan: bool
) -> str:
    now = parts.clock.now()
    phones = {person.key: person.phone for person in cast.people}
    lines = ["", f"  首页        {address}/", ""]
    with parts.database.transaction() as db:
        for title, key in _LINKS:
            learner_id, _ = people.find_or_create(db, parts.vault, phones[key], now=now)
            token = entrances.make(parts.keys, learner_id, now=now)
            lines.append(f"  {title}\t{address}/demo/{token}")
    lines += [
        f"  扫码查验\t{address}/verify",
        f"  一张证书\t{address}/v/{shown.public_id}（编号 {shown.number}，姓名 {shown.name}）",
        f"  一条线索\t审核员的待办里：{shown.lead}",
        "",
        f"  从头注册：{address}/sign-in ，任何手机号都行；验证码在 {address}/outbox ，",
        "  姓名和证件号码从 demo/registry.csv 里选，比如谭春燕 511702196806190608。",
        "  上面链接里的人已经有账号，选到他们会提示号码已被使用。",
        "  要两个人办的事，请把另一位的链接在另一个浏览器（或无痕窗口）里打开。",
        "",
    ]
    if is_lan:
        lines += ["  手机会提示证书不受信任：这是本机自己做的证书，选“继续访问”。", ""]
    return "\n".join(lines) + "\n"
