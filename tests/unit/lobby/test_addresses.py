"""Whose address counts: only what trusted proxies wrote is believed."""

import pytest

from app.lobby.addresses import client_address


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "expected"),
    [
        ("203.0.113.9", [], 0, "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], 0, "203.0.113.9"),
        ("10.0.0.2", ["198.51.100.1"], 1, "198.51.100.1"),
        ("10.0.0.2", ["1.1.1.1, 198.51.100.1"], 1, "198.51.100.1"),
        ("10.0.0.2", ["1.1.1.1", "198.51.100.1"], 1, "198.51.100.1"),
        ("10.0.0.2", ["1.1.1.1, 198.51.100.1, 10.0.0.3"], 2, "198.51.100.1"),
        ("10.0.0.2", ["198.51.100.1"], 2, "198.51.100.1"),
        ("10.0.0.2", ["198.51.100.1:4711"], 1, "198.51.100.1"),
        ("10.0.0.2", ["nonsense"], 1, "10.0.0.2"),
        ("10.0.0.2", [], 1, "10.0.0.2"),
        ("2001:db8:1:2:3:4:5:6", [], 0, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", [], 0, "203.0.113.9"),
        ("testclient", [], 0, "testclient"),
    ],
)
def test_the_hop_before_the_trusted_ones_is_the_caller(
    peer: str, forwarded: list[str], trusted: int, expected: str
) -> None:
    assert client_address(peer, forwarded, trusted_proxies=trusted) == expected
