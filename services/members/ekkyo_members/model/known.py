"""What is known of other services, as their facts tell it."""

from ekkyo.contracts.surveys import VocabularyState
from ekkyo.decision import Document


class KnownVocabulary(Document):
    """What the leaders of a community made of the vocabulary of themes, under the vocabulary's id. A projection."""

    vocabulary: VocabularyState
