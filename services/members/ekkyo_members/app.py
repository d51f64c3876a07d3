"""The members service: `ekkyo-members serve`."""

from ekkyo.service import Service, Settings, run

from ekkyo_members import commands, questions, reactions, store

service = Service(
    "members",
    routers=[commands.router, questions.router, reactions.router],
    collections=[store.communities, store.members],
    settings=Settings,
)


def main() -> None:
    """Run the service, or provision what it needs."""
    run(service)
