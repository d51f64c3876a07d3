"""Where SCIM stands in the portal. What it needs is loaded by the first request: most portals never have one."""

from collections.abc import Mapping
from typing import Any

from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from ekkyo_portal.scim.asking import Knows
from ekkyo_portal.web.measured import Measured

PATH = "/scim/v2"


class Scim:
    """Everything under /scim/v2. groups: the ids of communities by the names of the directory's groups."""

    def __init__(
        self, ekkyo: Any, tokens: Knows, measured: Measured, portal_url: str, groups: Mapping[str, str]
    ) -> None:
        self._with = (ekkyo, tokens, measured, portal_url.rstrip("/") + PATH, groups)
        self._door: ASGIApp | None = None

    @property
    def route(self) -> Mount:
        """Where it stands in the portal."""
        return Mount(PATH, self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._door is None:
            from ekkyo_portal.scim.door import ScimDoor  # takes most of a second, and 10 MB

            self._door = ScimDoor(*self._with)
        await self._door(scope, receive, send)
