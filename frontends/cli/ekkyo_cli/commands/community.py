"""Which community a command is about, where none is named."""

from typing import Annotated

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import CommunityFounded

Community = Annotated[
    str | None, typer.Option("--community", help="The community's id; not needed if there is only one community.")
]


async def only_community(ekkyo: Ekkyo) -> str:
    """The one community that there is. Raises Refused."""
    told = ekkyo.facts(CommunityFounded, since=1, follow=False)
    found = [fact.entity_id async for fact in told]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused("community_not_found", "There is no community yet.")
    raise Refused("several_communities", f"Name one with --community: {', '.join(found)}", 400)
