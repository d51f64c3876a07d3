"""What the members service can be asked to tell of sponsors."""

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract

from ekkyo_members.store import Sponsors

router = Router()


@router.subscriber(**asked(contract.ListSponsors))
async def sponsors(question: contract.ListSponsors, sponsors: Sponsors) -> contract.SponsorList:
    """Who gets a community's report."""
    found = await sponsors.find({"community_id": question.community_id}, sort="added_at", limit=0)
    return contract.SponsorList(sponsors=[one.told() for one in found if not one.removed_at])
