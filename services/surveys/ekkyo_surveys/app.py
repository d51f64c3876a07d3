"""The surveys service: `ekkyo-surveys serve`."""

from ekkyo.service import Service, run
from faststream import ContextRepo

from ekkyo_surveys import commands, questions, reactions, store
from ekkyo_surveys.keys import SurveyKeys
from ekkyo_surveys.known import Knowledge
from ekkyo_surveys.settings import SurveySettings
from ekkyo_surveys.turns import OpeningTurns


async def startup(context: ContextRepo) -> None:
    """What handlers need besides the collections."""
    await SurveyKeys.open(context)
    await Knowledge.open(context)
    await OpeningTurns.open(context)


service = Service(
    "surveys",
    routers=[commands.router, questions.router, reactions.router],
    collections=[
        store.surveys,
        store.templates,
        store.pulses,
        store.people,
        store.known_events,
        store.vocabularies,
        store.turns,
        store.forgotten,
        store.merges,
    ],
    settings=SurveySettings,
    startup=startup,
)


def main() -> None:
    """Run the service, or provision what it needs."""
    run(service)
