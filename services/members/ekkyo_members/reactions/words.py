"""The words of communities, by which skills and themes are compared."""

from ekkyo.broker import Router, told
from ekkyo.contracts.surveys import VocabularyChanged

from ekkyo_members import model
from ekkyo_members.store import KnownVocabularies

router = Router()


@router.subscriber(**told(VocabularyChanged, by="members", name="known_vocabularies", start="beginning"))
async def know_vocabulary(fact: VocabularyChanged, vocabularies: KnownVocabularies) -> None:
    """Remember which words mean the same in a community: skills, and themes that are followed, are compared by them."""
    known = model.KnownVocabulary(id=fact.vocabulary_id, vocabulary=fact.vocabulary)
    await vocabularies.put(fact.vocabulary_id, fact.meta.revision, known)
