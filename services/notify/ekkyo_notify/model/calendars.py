"""Which calendar file goes along with a message, and who learns where to join."""

from ekkyo_notify.model.notice import SERIES_TOPICS, Method, Notice, Recipient


def invitation(notice: Notice, recipient: Recipient) -> Method | None:
    """Which calendar message goes along: an entry for who has a seat, its end for who had one."""
    if notice.topic in SERIES_TOPICS:
        seated = recipient.seat == "confirmed" or notice.topic == "series_withdrawn"
        return SERIES_TOPICS[notice.topic] if seated and notice.dates else None
    match notice.topic:
        case "host_named":
            return "DATE"
        case "registration_confirmed" | "registration_promoted":
            return "REQUEST"
        case "event_revised" | "event_rescheduled":
            return "REQUEST" if recipient.seat == "confirmed" else None
        case "registration_withdrawn":
            return "CANCEL" if notice.was == "confirmed" else None
        case "event_cancelled":
            return "CANCEL" if recipient.seat == "confirmed" else None
        case _:
            return None


def may_join(notice: Notice, recipient: Recipient) -> bool:
    """Whether this recipient is told the address to join: only who has a seat, or hosts it."""
    if recipient.member_id is None or notice.topic in ("event_cancelled", "series_cancelled"):
        return False
    if notice.attend == "onsite":
        return False
    if notice.topic == "host_named":
        return True
    return recipient.seat == "confirmed"
