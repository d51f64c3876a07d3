"""What hosts of events are told, and who is reminded of a community's rules."""

from ekkyo.contracts.events import HostNamed, HostRemoved
from ekkyo.contracts.members import RulesDue
from ekkyo.contracts.notify import Topic

from ekkyo_notify.model.notice import Notice


def host_notice(fact: HostNamed | HostRemoved) -> Notice | None:
    """What a host is told; None for who has left."""
    if isinstance(fact, HostRemoved) and fact.because == "left":
        return None
    topic: Topic = "host_named" if isinstance(fact, HostNamed) else "host_removed"
    return Notice.of(fact, topic, fact.event.community_id, event=fact.event)


def rules_notice(fact: RulesDue) -> Notice:
    """That the newest version of a community's rules waits to be accepted."""
    return Notice.of(fact, "rules_due", fact.community_id, because=fact.because)
