"""Where a message leads: the page on which one can do what it asks for."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ekkyo.contracts.members import Locale
from ekkyo.contracts.notify import Topic
from ekkyo.wire.passes import PassMaker
from ekkyo.wire.seats import SeatMaker

from ekkyo_notify.model import SERIES_TOPICS, Notice, Recipient
from ekkyo_notify.model.kinds import kind_of
from ekkyo_notify.templates.labels import ACTIONS, LABELS

UNSUBSCRIBING: Final = timedelta(days=365)
"""How long the link in a mail ends messages of its kind."""


@dataclass(frozen=True)
class Action:
    """A button: what it says, where it leads, and the address as text; None: only the button leads there."""

    label: str
    href: str
    shown: str | None


@dataclass(frozen=True)
class Links:
    """portal: the address of the portal, without a slash at its end; empty where there is none.

    passes: signs links that open an event for the one who gets the mail, where that is wanted. unsubscribing: signs
    those that end messages. seats: signs the codes that the desk reads. answered: invitations can be answered from a
    calendar.
    """

    portal: str = ""
    passes: PassMaker | None = None
    unsubscribing: PassMaker | None = None
    seats: SeatMaker | None = None
    answered: bool = False

    def action(self, notice: Notice, recipient: Recipient, locale: Locale, *, private: bool) -> Action | None:
        """The page that a message leads to. private: nobody but the recipient reads it."""
        if not self.portal or (notice.topic == "event_cancelled" and notice.event is None):
            return None
        topic: Topic = notice.topic
        if notice.month:
            address = f"{self.portal}/c/{notice.community_id}/reports/{notice.month}"
            return Action(ACTIONS[locale][topic], address, address)
        if notice.pulse:
            page = f"{self.portal}/c/{notice.community_id}/pulses"
            return Action(ACTIONS[locale][topic], page, page)
        of_series = topic in SERIES_TOPICS or bool(notice.dates)
        kind = "s" if notice.survey else "o" if notice.output else "series" if of_series else "e"
        short = f"{self.portal}/{kind}/{notice.entity_id}"
        if topic == "rules_due" or notice.role:
            page = f"{self.portal}/c/{notice.community_id}"
            return Action(ACTIONS[locale][topic], page, page)
        if topic in ("host_named", "host_removed"):  # a host does there what no pass opens
            return Action(ACTIONS[locale][topic], short, short)
        if topic.startswith("introduction_"):
            page = f"{self.portal}/me/introductions"
            return Action(ACTIONS[locale][topic], page, page)
        if topic == "applications_waiting":  # a page of leaders, which no pass opens
            return Action(ACTIONS[locale][topic], f"{short}/applications", f"{short}/applications")
        href, event = short, notice.event
        if private and self.passes and event and recipient.member_id and kind == "e":
            href += "?p=" + self.passes.make("event", notice.entity_id, recipient.member_id, event.ends_at)
        return Action(ACTIONS[locale][topic], href, short)

    def page(self, event_id: str | None, locale: Locale) -> Action | None:
        """The page of an event, where one's place can be seen and changed; None: the portal's first one."""
        if not self.portal:
            return None
        if event_id is None:
            return Action(LABELS[locale]["open_portal"], f"{self.portal}/", f"{self.portal}/")
        href = f"{self.portal}/e/{event_id}"
        return Action(ACTIONS[locale]["registration_withdrawn"], href, href)

    def unsubscribe(self, notice: Notice, recipient: Recipient) -> str | None:
        """The address that ends messages of this kind for this member; None for what cannot be ended."""
        kinds = {"new_events": notice.community_id, "themes": f"themes/{notice.community_id}", "surveys": "surveys"}
        about = kinds.get(kind_of(notice.topic))
        if not (self.portal and self.unsubscribing and about and recipient.member_id):
            return None
        until = notice.told_at + UNSUBSCRIBING
        return f"{self.portal}/u/{about}/{self.unsubscribing.make('messages', about, recipient.member_id, until)}"

    def no_reports(self, notice: Notice, recipient: Recipient) -> str | None:
        """The address at which a sponsor ends their reports; None where there is none, as in a preview."""
        if not (self.portal and self.unsubscribing and recipient.sponsor_id):
            return None
        about, until = f"reports/{notice.community_id}", notice.told_at + UNSUBSCRIBING
        return f"{self.portal}/u/{about}/{self.unsubscribing.make('messages', about, recipient.sponsor_id, until)}"


NO_LINKS: Final = Links()
