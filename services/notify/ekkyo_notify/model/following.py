"""What those are told who asked to be told when there is an event on a theme."""

from ekkyo.contracts.events import EventPublished

from ekkyo_notify.model.notice import Notice


def wanted_notice(fact: EventPublished) -> Notice:
    """That there is an event on a theme that they follow."""
    return Notice.of(fact, "event_wanted", fact.event.community_id, event=fact.event)
