"""Whether the company has a steward. It changes nothing."""

from ekkyo.contracts.base import Refused
from ekkyo.process.doctor import Finding, unseen, well, wrong
from ekkyo.service import looked_into

from ekkyo_members import model, store
from ekkyo_members.settings import MembersSettings

REMEDY = "Make an active member one, without an end: ekkyo steward add NUMBER --key FILE"


async def steward_findings(settings: MembersSettings) -> list[Finding]:
    """The stewards: who left the company is none any more, and nobody is refused to leave."""
    async with looked_into(settings, "members", [store.members]) as live:
        try:
            found = await live.live(store.members).find({"steward": True}, limit=0)
        except Refused:
            return [unseen("stewards", "the database does not tell who they are", "Mend the database first.")]
    return [told(model.stewardship(found))]


def told(stewards: model.Stewardship) -> Finding:
    """What there is to say of the stewards."""
    match stewards:
        case "lasting":
            return well("stewards", "there is one whose role has no end")
        case "ending":
            return wrong("stewards", "the role of each of them ends by itself, and then there is none", REMEDY)
        case "gone":
            return wrong("stewards", "all of them have left the company", REMEDY)
    return unseen("stewards", "there is none yet", REMEDY)
