"""What there is to tell of outputs, and to whom."""

from ekkyo.contracts.events import OutputAttached, OutputDeclined, OutputFact, OutputProposed
from ekkyo.contracts.notify import Topic

from ekkyo_notify.model.notice import Notice, Recipient

_OUTPUT_TOPICS: dict[type[OutputFact], Topic] = {
    OutputAttached: "output_attached",
    OutputProposed: "output_proposed",
    OutputDeclined: "output_declined",
}


def output_notice(fact: OutputAttached | OutputProposed | OutputDeclined) -> Notice:
    """What there is to tell of an output."""
    output, topic = fact.output, _OUTPUT_TOPICS[type(fact)]
    return Notice.of(fact, topic, output.community_id, output=output, reason=output.reason)


def of_output(fact: OutputAttached) -> list[Recipient]:
    """Who hears that an output is on the board: the community's chat, and its authors, but for who attached it."""
    authors = [Recipient(member_id=author) for author in fact.output.authors if author != fact.meta.actor]
    return [Recipient(community_id=fact.output.community_id), *authors]
