"""Surveys, with participations and ballot boxes as entries; vocabularies; what others told; and who was forgotten."""

from typing import Annotated

from ekkyo.contracts.members import MemberErased
from ekkyo.decision import forgetting, turn
from ekkyo.store import Collection, CollectionWithEntries, Index, Projection
from faststream import Context

from ekkyo_surveys.model import KnownEvent, Part, Person, Survey, ThemeVocabulary

surveys = CollectionWithEntries.of(
    Survey,
    Part,
    "surveys",
    indexes=[Index("community_id", "opened_at"), Index("opened_at")],
    entry_indexes=[Index("document_id", "kind"), Index("member_id", "answered")],
)
vocabularies = Collection.of(ThemeVocabulary, "vocabularies")
people = Projection.of(Person, "people", forgotten_by=[MemberErased])
known_events = Projection.of(KnownEvent, "known_events")
turns = Collection.of(turn.Turn, "turns")
forgotten = Collection.of(forgetting.Forgotten, "forgotten")
Surveys = Annotated[CollectionWithEntries[Survey, Part], Context("surveys")]
Vocabularies = Annotated[Collection[ThemeVocabulary], Context("vocabularies")]
People = Annotated[Projection[Person], Context("people")]
KnownEvents = Annotated[Projection[KnownEvent], Context("known_events")]
Forgotten = Annotated[Collection[forgetting.Forgotten], Context("forgotten")]
