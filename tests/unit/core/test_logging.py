"""Logs hold no personal data."""

import json
import logging

from app.core.logging import JsonFormatter, scrub


def test_document_and_phone_numbers_are_scrubbed() -> None:
    assert scrub("id 11010519491231002X") == "id [personal]"
    assert scrub("tel 13800138000!") == "tel [personal]!"


def test_longer_numbers_and_ulids_stay() -> None:
    assert scrub("138001380001234") == "[personal]"  # fifteen digits: an old resident number
    assert scrub("01JD8Z6Q3V9K2M4N5P6R7S8T9V 1700000000000") == (
        "01JD8Z6Q3V9K2M4N5P6R7S8T9V 1700000000000"
    )


def test_a_record_is_one_line_of_json_with_its_extras() -> None:
    record = logging.makeLogRecord(
        {"name": "n", "msg": "hello %s", "args": ("13800138000",), "status": 200}
    )
    line = json.loads(JsonFormatter().format(record))
    assert line["message"] == "hello [personal]"
    assert line["status"] == 200
