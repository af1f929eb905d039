"""The demo: migrates, says where to look, and serves with everything simulated switched on."""

import argparse
import os
import sys
from pathlib import Path

import uvicorn

from app.cli import schema, seed
from app.core import logging as logs
from app.core.settings import Settings
from app.main import build_parts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=Path("var/demo"))


def run(arguments: argparse.Namespace) -> None:
    """Serve the demo on this machine alone."""
    address = f"http://127.0.0.1:{arguments.port}"
    os.environ |= {
        "SHIXUE_DEMO": "1",
        "SHIXUE_STUDY_POLICY": "quick",
        "SHIXUE_DATA_DIR": str(arguments.data),
        "SHIXUE_PUBLIC_URL": address,
        "SHIXUE_LOG_LEVEL": os.environ.get("SHIXUE_LOG_LEVEL", "warning"),
    }
    logs.configure(Settings().log_level)
    schema.upgrade(Settings())
    cast = seed.everything(build_parts(Settings()))
    sys.stdout.write(
        f"\n  首页        {address}/\n  登录        {address}/sign-in\n"
        f"  模拟短信    {address}/outbox\n"
        "  用下面的手机号登录，验证码在模拟短信里：\n"
        + "".join(f"    {person.phone}  {person.name}：{person.says}\n" for person in cast.people)
        + "  还没有账号的人见 demo/registry.csv\n\n"
    )
    sys.stdout.flush()
    uvicorn.run(
        "app.main:app_from_environment", factory=True, host="127.0.0.1", port=arguments.port,
        access_log=False, server_header=False, log_config=None,
    )  # fmt: skip
