"""What was heard and told, as it is kept."""

from ekkyo.contracts.events import EventState
from ekkyo.contracts.surveys import SurveyState, VocabularyState
from ekkyo.decision import Document


class KnownEvent(Document):
    """The newest that was heard of an event, so that a message told late tells how things stand: a projection."""

    event: EventState


class KnownSurvey(Document):
    """The newest that was heard of a survey: what it is called, and whether it is closed. A projection."""

    survey: SurveyState


class KnownVocabulary(Document):
    """What the leaders of a community made of the vocabulary of themes, under the vocabulary's id. A projection."""

    vocabulary: VocabularyState


class Told(Document):
    """Everybody whom a notice is for was told, as far as they could be. Its id is the notice's key."""
