"""What members say of themselves."""

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import new_id

from ekkyo_members import model
from ekkyo_members.store import Members

router = Router()


@router.subscriber(**asked(contract.DescribeSkills))
async def describe_skills(cmd: contract.DescribeSkills, members: Members) -> contract.SkillsSeen:
    """Say what one knows, can teach and would like to learn, and who may see it."""
    known_by = new_id()
    return await members.change(
        cmd.member_id, lambda m, _: model.describe(model.present(m), cmd.skills, known_by=known_by)
    )
