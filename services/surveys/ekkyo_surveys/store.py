"""Surveys with participations and ballot boxes, templates with versions, vocabularies; what others told; who left."""

from typing import Annotated

from ekkyo.contracts.members import MemberErased
from ekkyo.decision import forgetting, turn
from ekkyo.store import Collection, CollectionWithEntries, Index, Projection
from faststream import Context

from ekkyo_surveys.model import Followed, KnownEvent, Part, Person, Pulse, Survey, TemplateVersion, ThemeVocabulary
from ekkyo_surveys.model import Templates as TemplatesDocument

surveys = CollectionWithEntries.of(
    Survey,
    Part,
    "surveys",
    indexes=[Index("community_id", "opened_at"), Index("opened_at"), Index("pulse_id", "opened_at")],
    entry_indexes=[Index("document_id", "kind"), Index("member_id", "answered")],
)
vocabularies = Collection.of(ThemeVocabulary, "vocabularies")
pulses = Collection.of(Pulse, "pulses", indexes=[Index("community_id")])
templates = CollectionWithEntries.of(TemplatesDocument, TemplateVersion, "templates")
people = Projection.of(Person, "people", indexes=[Index("communities")], forgotten_by=[MemberErased])
known_events = Projection.of(KnownEvent, "known_events")
turns = Collection.of(turn.Turn, "turns")
merges = Collection.of(Followed, "merges")
forgotten = Collection.of(forgetting.Forgotten, "forgotten")
Surveys = Annotated[CollectionWithEntries[Survey, Part], Context("surveys")]
Pulses = Annotated[Collection[Pulse], Context("pulses")]
Vocabularies = Annotated[Collection[ThemeVocabulary], Context("vocabularies")]
People = Annotated[Projection[Person], Context("people")]
KnownEvents = Annotated[Projection[KnownEvent], Context("known_events")]
Forgotten = Annotated[Collection[forgetting.Forgotten], Context("forgotten")]
Merges = Annotated[Collection[Followed], Context("merges")]
Templates = Annotated[CollectionWithEntries[TemplatesDocument, TemplateVersion], Context("templates")]
