"""A community's logo and the styles of its colour, at addresses that change with them."""

from base64 import b64decode
from typing import Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import GetLogo
from starlette.responses import Response

from ekkyo_portal.community.routes import section
from ekkyo_portal.look.colours import colour, styles
from ekkyo_portal.look.files import KEPT
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

ALONE: Final = "default-src 'none'; sandbox"
"""The policy of a logo that somebody opens by itself: nothing in it runs or loads anything."""


@section.get("/c/{community_id}/logo/{logo}")
async def logo(visit: Visit, community_id: str, logo: str) -> Response:
    """The logo of a community. An older address gives the newest one, which is not kept."""
    file = await visit.ask(GetLogo(community_id=community_id))
    kept = KEPT.replace("public", "private") if file.logo == logo else "no-cache"
    headers = {"cache-control": kept, "content-security-policy": ALONE, "x-content-type-options": "nosniff"}
    return Response(b64decode(file.data), media_type=file.kind, headers=headers)


@section.get("/accent/{name}.css", who=Who.EVERYBODY)
async def accent(visit: Visit, name: str) -> Response:
    """The styles of a colour, for pages of a community that has it."""
    own = colour(f"#{name}")
    if own != f"#{name}":
        raise Refused("not_found", "There is no such colour.", 404)
    return Response(styles(own), media_type="text/css", headers={"cache-control": KEPT})
