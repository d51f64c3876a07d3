"""Which themes members follow."""

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract
from ekkyo.decision.clock import utcnow

from ekkyo_members import model
from ekkyo_members.store import KnownVocabularies, Members, words_of

router = Router()


@router.subscriber(**asked(contract.FollowTheme))
async def follow_theme(
    cmd: contract.FollowTheme, members: Members, vocabularies: KnownVocabularies
) -> contract.Followed:
    """Ask to be told when there is an event on a theme, or no more."""
    words = await words_of(cmd.community_id, vocabularies)
    return await members.change(
        cmd.member_id, lambda m, _: model.follow_theme(model.present(m), cmd, words, now=utcnow())
    )
