"""A section: the pages about one noun. Each page is a function of a visit, with a path and with who may open it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.responses import Response

from ekkyo_portal.web.visitor import Who

Handler = Callable[..., Awaitable[Response]]


@dataclass(frozen=True)
class Page:
    """One page or action: `GET /e/{event_id}`."""

    method: Literal["GET", "POST"]
    path: str
    who: Who
    handler: Handler
    largest: int
    """Bytes that may be sent to it."""


FORM = 64 * 1024
"""Bytes of a form without files."""


@dataclass
class Section:
    """The pages about one noun, in the order they are declared in."""

    name: str
    pages: list[Page] = field(default_factory=list)

    def get(self, path: str, *, who: Who = Who.MEMBERS) -> Callable[[Handler], Handler]:
        """Declare a page. It changes nothing: programs that look through mails open it too."""
        return self._add("GET", path, who, 0)

    def post(self, path: str, *, who: Who = Who.MEMBERS, largest: int = FORM) -> Callable[[Handler], Handler]:
        """Declare an action; it ends in a page of its own (POST/redirect/GET), or in its form with what was wrong."""
        return self._add("POST", path, who, largest)

    def _add(self, method: Any, path: str, who: Who, largest: int) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.pages.append(Page(method, path, who, handler, largest))
            return handler

        return add
