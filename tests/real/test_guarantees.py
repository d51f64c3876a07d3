"""What docs/guarantees.md promises is shown by tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/guarantees.md").read_text())))


def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_promise_is_shown_by_a_test_that_exists(file: str, name: str) -> None:
    assert name in names_in(ROOT / file)


def test_every_promise_names_its_test() -> None:
    """A numbered promise is followed by a test's name before the next one begins."""
    promises = re.split(r"(?m)^\*\*\d+\. |^## What is not promised", (ROOT / "docs/guarantees.md").read_text())[1:-1]
    assert len(promises) == 29
    assert [p.splitlines()[0] for p in promises if "::test_" not in p] == []


def test_every_test_on_real_parts_stands_for_a_promise() -> None:
    files = [f for f in Path(__file__).parent.glob("test_*.py") if f.name != Path(__file__).name]
    tests = {(f"tests/real/{f.name}", name) for f in files for name in names_in(f) if name.startswith("test_")}
    assert tests <= set(NAMED)
