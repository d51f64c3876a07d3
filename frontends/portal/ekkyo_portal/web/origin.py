"""Forms come from our own pages: whatever another site has a browser send is refused.

Without tokens in forms, as Go 1.25's http.CrossOriginProtection does: by Sec-Fetch-Site, else by Origin. A request with
neither comes from no browser, and bears no cookie that a browser added.
"""

from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE: Final = ("GET", "HEAD", "OPTIONS")


class OwnOrigin:
    """Refuses (403) what changes something and comes from elsewhere. free: paths whose requests bear no cookie."""

    def __init__(
        self, app: ASGIApp, *, origin: str, free: tuple[str, ...] = (), refused: Callable[[str], None] = lambda _: None
    ) -> None:
        self.app, self.origin, self.free, self.refused = app, origin, free, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        changes = scope["type"] == "http" and scope["method"] not in SAFE and not scope["path"].startswith(self.free)
        if changes and not own(Headers(scope=scope), self.origin):
            self.refused("origin")
            response = PlainTextResponse("This form was sent from another site.\n", 403)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)


def own(headers: Headers, origin: str) -> bool:
    """Whether a request that changes something comes from our own pages, or from no browser.

    A header that is given twice has to say so twice: whoever reads it later may take the other one.
    """
    if sites := headers.getlist("sec-fetch-site"):
        return all(site in ("same-origin", "none") for site in sites)
    return all(given == origin for given in headers.getlist("origin"))
