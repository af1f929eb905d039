"""The plain page of the simulation: what it is, and the text messages that it was told to send."""

import datetime as dt
import html
import threading
from collections import deque

_MOST = 200


class Messages:
    """Keeps the newest messages in memory, for a page; nothing outlives the process."""

    def __init__(self) -> None:
        self._kept: deque[tuple[str, str, dt.datetime]] = deque(maxlen=_MOST)
        self._lock = threading.Lock()

    def keep(self, phone: str, text: str, sent_at: dt.datetime) -> None:
        with self._lock:
            self._kept.appendleft((phone, text, sent_at))

    def page(self) -> str:
        """Return the page, the newest message first; it loads itself again every few seconds."""
        with self._lock:
            kept = list(self._kept)
        lines = "".join(
            f"<li><b>{html.escape(phone)}</b> {html.escape(text)} <small>{at:%H:%M:%S} UTC</small>"
            for phone, text, at in kept
        )
        return _PAGE.replace("LINES", f"<ul>{lines}</ul>" if lines else "<p>还没有短信。</p>")


_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width"><title>模拟核验与短信</title>
<style>body{font:18px/1.6 sans-serif;max-width:40em;margin:1em auto;padding:0 1em}
li{margin:.5em 0;overflow-wrap:anywhere}</style>
<h1>模拟核验与短信</h1>
<p>这里模拟腾讯云和阿里云的实名核验、人脸核身与短信。短信没有真正发出，关掉程序就没有了。</p>LINES</html>"""
