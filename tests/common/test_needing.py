"""A test whose program is missing is skipped where somebody develops, and fails where nobody would see that."""

import shutil

import pytest

from tests.needing import needed


@pytest.mark.parametrize(("ci", "ends"), [("true", pytest.fail), ("", pytest.skip), (None, pytest.skip)])
def test_a_missing_program_fails_a_test_in_ci_alone(monkeypatch, ci, ends):
    there = {"second": "/bin/second"}
    monkeypatch.setattr(shutil, "which", there.get)
    monkeypatch.delenv("CI", raising=False)
    if ci is not None:
        monkeypatch.setenv("CI", ci)
    assert needed("first", "second", missing="neither is there") == "/bin/second"
    with pytest.raises(ends.Exception, match="it is not there"):
        needed("first", missing="it is not there")
