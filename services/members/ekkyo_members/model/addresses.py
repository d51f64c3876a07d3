"""Mail addresses that the mail server refuses."""

from ekkyo.contracts.notify import AddressRefused
from ekkyo.decision import Decision

from ekkyo_members.model.member import Member


def address_refused(member: Member, fact: AddressRefused) -> Decision[Member, None]:
    """Keep since when mail to this member is refused for good, unless they have got another address meanwhile."""
    if member.erased or member.mail_refused_since or fact.member_revision < member.address_since:
        return Decision(member, None)
    return Decision(member.model_copy(update={"mail_refused_since": fact.meta.time}), None)
