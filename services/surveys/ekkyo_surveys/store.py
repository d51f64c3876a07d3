"""Surveys, with participations and ballot boxes as their entries; and who was forgotten."""

from typing import Annotated

from ekkyo.decision import forgetting
from ekkyo.store import Collection, CollectionWithEntries, Index
from faststream import Context

from ekkyo_surveys.model import Part, Survey

surveys = CollectionWithEntries.of(
    Survey,
    Part,
    "surveys",
    indexes=[Index("community_id", "opened_at")],
    entry_indexes=[Index("document_id", "kind"), Index("member_id", "answered")],
)
forgotten = Collection.of(forgetting.Forgotten, "forgotten")
Surveys = Annotated[CollectionWithEntries[Survey, Part], Context("surveys")]
Forgotten = Annotated[Collection[forgetting.Forgotten], Context("forgotten")]
