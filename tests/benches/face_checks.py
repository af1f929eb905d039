"""Sixteen people before their cameras at once: `python -m tests.benches.face_checks PORT TOKEN…`.

A process of its own, so that preparing frames costs who measures nothing. It says when all have
begun, goes on until it reads a line, then tells how many checks were judged and how long they took.
"""

import base64
import json
import sys
import threading
import time
from statistics import median

import httpx

from tests import faces


def _body(nonce: str, shots: list[str]) -> bytes:
    """Nobody turns the head: judged to the end every time, and to be tried again every time."""
    frames = [{"step": step // 5, "jpeg": shot} for step, shot in enumerate(shots)]
    return json.dumps({"nonce": nonce, "frames": frames}).encode()


def _check_on(
    port: int, access: str, shots: list[str], stop: threading.Event, told: list[tuple[int, float]]
) -> None:
    headers = {"authorization": f"Bearer {access}", "content-type": "application/json"}
    base = f"http://127.0.0.1:{port}/api/v1/me/face-sessions"
    with httpx.Client(timeout=120, headers=headers) as client:
        while not stop.is_set():
            opened = client.post(base, json={"purpose": "enrol"}).json()
            began = time.perf_counter()
            body = _body(opened["nonce"], shots)
            answer = client.post(f"{base}/{opened['id']}/frames", content=body)
            told.append((answer.status_code, time.perf_counter() - began))


def main(port: int, tokens: list[str]) -> None:
    shots = [base64.b64encode(shot).decode() for shot in faces.frames("a", [0.0] * 15)]
    stop, told = threading.Event(), list[tuple[int, float]]()
    threads = [
        threading.Thread(target=_check_on, args=(port, access, shots, stop, told))
        for access in tokens
    ]
    for thread in threads:
        thread.start()
    time.sleep(2)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    sys.stdin.readline()
    stop.set()
    for thread in threads:
        thread.join()
    took = [seconds for _, seconds in told]
    figures = {
        "checks": len(told), "failed": sum(status != 200 for status, _ in told),
        "check_s_median": median(took), "check_s_max": max(took),
    }  # fmt: skip
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
