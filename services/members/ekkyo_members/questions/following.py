"""How many follow which theme."""

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract

from ekkyo_members import model
from ekkyo_members.store import KnownVocabularies, Members, words_of

router = Router()


@router.subscriber(**asked(contract.GetFollowedThemes))
async def followed_themes(
    question: contract.GetFollowedThemes, members: Members, vocabularies: KnownVocabularies
) -> contract.FollowedThemes:
    """The themes that members of a community follow, as numbers alone."""
    found = await members.find({"follows_in": {"$in": [question.community_id]}}, limit=0)
    return model.followed(question.community_id, found, await words_of(question.community_id, vocabularies))
