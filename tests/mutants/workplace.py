"""The tests' conftest in the workplace: quick and the same each time, the cheapest tests first.

A mutant runs the tests that reach it until one fails; what a failure looks like nobody reads.
"""

from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase

_PLAIN = {
    "deadline": None, "derandomize": True, "database": None, "phases": [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}  # fmt: skip
hypothesis.settings.register_profile("mutants", max_examples=40, **_PLAIN)
hypothesis.settings.load_profile("mutants")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: ("property" in item.path.parts, item.nodeid))
    for item in items:
        test_case: Any = getattr(item, "cls", None)
        if test_case is not None and hasattr(test_case, "settings"):
            lives = hypothesis.settings(test_case.settings, max_examples=15, **_PLAIN)
            test_case.settings = lives
