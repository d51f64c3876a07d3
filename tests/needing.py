"""Programs that are no part of Ekkyo, and that some tests run."""

import os
import shutil

import pytest


def needed(*names: str, missing: str) -> str:
    """The path of the first of these programs that is there. Without one the test is skipped; in CI it fails."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if not found:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return found
