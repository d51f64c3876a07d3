"""Compiled templates are kept for the next process, and used as long as they are what stands in the file."""

import sys
from pathlib import Path

import pytest
from ekkyo_portal.look.compiled import Compiled
from jinja2 import Environment, FileSystemLoader


def rendered(folder: Path, kept: Path) -> str:
    """What a process that was just started makes of the template."""
    made = Environment(loader=FileSystemLoader(folder), autoescape=True, bytecode_cache=Compiled("x", kept))
    return made.get_template("a.html").render(name="<b>")


def test_the_next_process_compiles_nothing_but_what_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, template = tmp_path / "kept", tmp_path / "a.html"
    template.write_text("1 {{ name }}")
    assert rendered(tmp_path, kept) == "1 &lt;b&gt;", "there is no folder to keep it in"
    kept.mkdir()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(tmp_path, kept) == "1 &lt;b&gt;"
    assert list(kept.iterdir()) == [], "Python was told to keep nothing"
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert rendered(tmp_path, kept) == "1 &lt;b&gt;"
    assert len(list(kept.iterdir())) == 1
    with monkeypatch.context() as nothing_compiles:
        nothing_compiles.setattr(Environment, "compile", None)
        assert rendered(tmp_path, kept) == "1 &lt;b&gt;"
    template.write_text("2 {{ name }}")
    assert rendered(tmp_path, kept) == "2 &lt;b&gt;"
    assert len(list(kept.iterdir())) == 1
