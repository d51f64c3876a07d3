"""What those are told who asked to be told when there is an event on a theme."""

from ekkyo.contracts.events import EventPublished

from ekkyo_notify.model.notice import Notice


def wanted_notice(fact: EventPublished) -> Notice:
    """That there is an event on a theme that they follow."""
    return Notice.of(fact, "event_wanted", fact.event.community_id, event=fact.event)


def series_wanted(planned: Notice) -> Notice:
    """The same of a series: all its dates in one message, as everybody is told of them."""
    return planned.model_copy(update={"topic": "event_wanted"})
