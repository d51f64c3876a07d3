"""The surveys service: `ekkyo-surveys serve`."""

from ekkyo.service import Service, run

from ekkyo_surveys import commands, questions, reactions, store
from ekkyo_surveys.settings import SurveySettings

service = Service(
    "surveys",
    routers=[commands.router, questions.router, reactions.router],
    collections=[store.surveys, store.forgotten],
    settings=SurveySettings,
)


def main() -> None:
    """Run the service, or provision what it needs."""
    run(service)
