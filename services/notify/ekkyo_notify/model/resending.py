"""Sending once more what failed, or was dropped for a reason that is gone."""

from datetime import datetime, timedelta
from typing import Final

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.notify import FOR_GOOD, OWN, ResendDelivery
from ekkyo.decision import Decision

from ekkyo_notify.model.delivery import LEASE, Delivery, Resend

A_DAY: Final = timedelta(hours=24)
MOST: Final = 3


def present(delivery: Delivery | None, cmd: ResendDelivery, who: Caller | None = None) -> Delivery:
    """The delivery, if there is one, and it is this member's where one is named.

    who: the caller, who is told of no others' reminders of surveys.
    """
    if delivery is None or (cmd.member_id and delivery.member_id != cmd.member_id):
        raise _not_found()
    if who is not None and delivery.topic in OWN and delivery.member_id != who.sub:
        raise _not_found()
    return delivery


def resend(
    delivery: Delivery, cmd: ResendDelivery, *, why_not: str | None, by: str, now: datetime
) -> Decision[Delivery, bool]:
    """Take a delivery to send it once more; tells whether it is ours to send. why_not: what there is against it."""
    present(delivery, cmd)
    said_before = any(one.resend_id == cmd.resend_id for one in delivery.resends)
    if delivery.status == "planned":
        under_way = delivery.claimed_until is not None and delivery.claimed_until > now
        if said_before and under_way:
            return Decision(delivery, False)
        if under_way or not delivery.resends:
            raise Refused("delivery_under_way", "This message is still being sent.")
    elif said_before:
        return Decision(delivery, False)
    elif delivery.status == "sent":
        raise Refused("delivery_sent", "This message was already sent.")
    elif delivery.reason in FOR_GOOD:
        raise _against(delivery.reason or "")
    elif delivery.kept is None:
        raise Refused("delivery_not_kept", "The content of this message is no longer stored.")
    if why_not:
        raise _against(why_not)
    resends = delivery.resends
    if not said_before:
        if sum(one.at > now - A_DAY for one in resends) >= MOST:
            raise Refused(
                "too_many_resends", "This message was sent again three times in 24 hours. Try again tomorrow."
            )
        resends = [*resends, Resend(resend_id=cmd.resend_id, at=now)]
    update: dict[str, object] = {
        "status": "planned",
        "reason": None,
        "done_at": None,
        "attempts": delivery.attempts + 1,
    }
    update |= {"claimed_by": by, "claimed_until": now + LEASE, "resends": resends}
    return Decision(delivery.model_copy(update=update), True)


def _not_found() -> Refused:
    return Refused("delivery_not_found", "There is no such delivery.")


def _against(reason: str) -> Refused:
    """Why it is not sent again, for people."""
    match reason:
        case "event_over" | "event_started":
            return Refused("event_over", "The event has started or is over.")
        case "event_cancelled":
            return Refused("event_cancelled", "The event was cancelled.")
        case "survey_closed":
            return Refused("survey_closed", "The survey is closed.")
        case "survey_answered":
            return Refused("survey_answered", "This survey was answered.")
        case "member_erased":
            return Refused("member_erased", "This member was erased.")
        case "member_inactive" | "member_left":
            return Refused("member_inactive", "This member has left the company.")
        case "not_a_member":
            return Refused("not_a_member", "This member is not in the community.")
        case "muted":
            return Refused("muted", "The member has turned off messages of this kind.")
        case "address_refused":
            return Refused(
                "address_refused", "The mail server does not accept mail for this address. Correct the address first."
            )
        case "superseded":
            return Refused("superseded", "There is a newer message about this member's registration.")
        case "outdated":
            return Refused("outdated", "What this message says is no longer true.")
        case _:
            return Refused("channel_not_connected", "This channel is not connected, or is no longer selected.")
