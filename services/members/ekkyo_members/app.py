"""The members service: `ekkyo-members serve`."""

from ekkyo.service import Service, run

from ekkyo_members import commands, questions, reactions, store
from ekkyo_members.settings import MembersSettings

service = Service(
    "members",
    routers=[commands.router, questions.router, reactions.router],
    collections=[store.communities, store.members],
    settings=MembersSettings,
)


def main() -> None:
    """Run the service, or provision what it needs."""
    run(service)
