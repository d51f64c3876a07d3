"""The members service: `ekkyo-members serve`."""

from ekkyo.service import Service, run
from ekkyo.store import Turns
from faststream import ContextRepo

from ekkyo_members import commands, questions, reactions, store
from ekkyo_members.settings import MembersSettings


async def startup(context: ContextRepo) -> None:
    """What handlers need besides the collections."""
    context.set_global("steward_turns", Turns(context.get("turns"), "stewards"))
    context.set_global("merge_turns", Turns(context.get("turns"), "merges"))


service = Service(
    "members",
    routers=[*commands.routers, *questions.routers, *reactions.routers],
    collections=[
        store.communities,
        store.members,
        store.introductions,
        store.wishes,
        store.sponsors,
        store.turns,
    ],
    settings=MembersSettings,
    startup=startup,
)


def main() -> None:
    """Run the service, or provision what it needs."""
    run(service)
