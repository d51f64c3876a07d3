"""The members service: `ekkyo-members serve`."""

from ekkyo.service import Service, run
from ekkyo.store import Turns
from faststream import ContextRepo

from ekkyo_members import commands, questions, reactions, store
from ekkyo_members.doctor import steward_findings
from ekkyo_members.settings import MembersSettings


async def startup(context: ContextRepo) -> None:
    """What handlers need besides the collections."""
    for name, kind in {"deputy": "deputies", "merge": "merges", "sponsor": "sponsors", "steward": "stewards"}.items():
        context.set_global(f"{name}_turns", Turns(context.get("turns"), kind))


service = Service(
    "members",
    routers=[*commands.routers, *questions.routers, *reactions.routers],
    collections=[
        store.communities,
        store.members,
        store.introductions,
        store.wishes,
        store.sponsors,
        store.known_vocabularies,
        store.turns,
    ],
    settings=MembersSettings,
    startup=startup,
    checks=[steward_findings],
)


def main() -> None:
    """Run the service, or provision what it needs."""
    run(service)
