"""What leaders are asked to decide."""

from ekkyo.contracts.events import EventReminderDue, RegistrationApplied

from ekkyo_notify.model.notice import Notice


def applications_notice(fact: RegistrationApplied | EventReminderDue) -> Notice | None:
    """What leaders are asked to decide; None where there is nothing to ask for.

    They are asked for the first application that waits, and a day before the event for all that still wait. Those
    that come in between are on the same page.
    """
    event = fact.event
    approves = event.terms is not None and event.terms.approval
    news = event.applied == 1 if isinstance(fact, RegistrationApplied) else event.applied > 0
    if not (approves and news):
        return None
    return Notice.of(fact, "applications_waiting", event.community_id, event=event)
