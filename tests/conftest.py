"""What every test may use: see ekkyo.testing.plugin."""

import os
from pathlib import Path

import pytest

pytest_plugins = ["ekkyo.testing.plugin"]
LONG = ("journeys", "cli", "real")
"""Folders whose tests take long: they begin first, so that no worker is left with one at the end."""

for name in [n for n in os.environ if n.startswith("EKKYO_") and n != "EKKYO_FUZZ" and not n.startswith("EKKYO_TEST_")]:
    del os.environ[name]  # what a developer's shell says is nothing to the tests
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # services are started by the hundred: each would compile itself anew


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _folder(item) not in LONG)


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]
