"""Where somebody goes on to after signing in: a page of ours, and no other site."""

import re
from typing import Final

_PATH: Final = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*")


def path(asked: str | None) -> str:
    """The path that was asked for, if it is one of this site; else the first page."""
    return asked if asked and len(asked) <= 2000 and _PATH.fullmatch(asked) else "/"
