"""Programs that are no part of Ekkyo, and that some tests run."""

import os
import shutil
from pathlib import Path

import pytest


def needed(*names: str, missing: str, packages: Path | None = None) -> str:
    """The path of the first of these programs that is there, with its packages in this folder.

    Without them the test is skipped; in CI it fails.
    """
    found = next((path for name in names if (path := shutil.which(name))), None)
    if not found or (packages and not packages.exists()):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return found
