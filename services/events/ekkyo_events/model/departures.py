"""Members who left the company or were erased, as far as their places at events are concerned."""

from ekkyo.contracts.events import EventsForgotMember
from ekkyo.contracts.members import MemberDeactivated, MemberErased
from ekkyo.decision import Decision, Document


class Departure(Document):
    """That the places of a member who left were given back. Its id is the member's."""

    heard: int = 0
    """The member's revision at which they left: what was told before is no news, even if they came back since."""
    erased: bool = False


def departed(departure: Departure | None, fact: MemberDeactivated | MemberErased) -> Decision[Departure, None]:
    """Their places were given back; of somebody who was erased the services are told that they are forgotten here."""
    before = departure or Departure(id=fact.member_id)
    if not is_news(departure, fact):
        return Decision(before, None)
    if isinstance(fact, MemberErased):
        after = before.model_copy(update={"heard": fact.meta.revision, "erased": True})
        return Decision(after, None, facts=[EventsForgotMember(member_id=fact.member_id)])
    return Decision(before.model_copy(update={"heard": fact.meta.revision}), None)


def is_news(departure: Departure | None, fact: MemberDeactivated | MemberErased) -> bool:
    """Whether nothing as new was heard of this member."""
    return departure is None or fact.meta.revision > departure.heard
