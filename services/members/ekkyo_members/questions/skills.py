"""What members may see of each other's skills."""

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts import members as contract

from ekkyo_members import model
from ekkyo_members.store import Members

router = Router()


@router.subscriber(**asked(contract.GetSkills))
async def skills(question: contract.GetSkills, members: Members, who: Who) -> contract.SkillsSeen:
    """What the caller may see of a member's skills."""
    found = {m.id: m for m in await members.find({"id": {"$in": [question.member_id, who.sub]}}, limit=2)}
    return model.skills_for(question.member_id, found.get(question.member_id), found.get(who.sub), who)
