"""The events service: `ekkyo-events serve`."""

from ekkyo.service import Service, Settings, run

from ekkyo_events import commands, questions, reactions, store

service = Service(
    "events",
    routers=[*commands.routers, *questions.routers, *reactions.routers],
    collections=[store.events, store.series, store.departures, store.doors, store.outputs, store.people, store.rules],
    settings=Settings,
)


def main() -> None:
    """Run the service, or provision what it needs."""
    run(service)
