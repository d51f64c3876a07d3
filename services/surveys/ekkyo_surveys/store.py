"""Surveys, with participations and ballot boxes as their entries."""

from typing import Annotated

from ekkyo.store import CollectionWithEntries, Index
from faststream import Context

from ekkyo_surveys.model import Part, Survey

surveys = CollectionWithEntries.of(
    Survey,
    Part,
    "surveys",
    indexes=[Index("community_id", "opened_at")],
    entry_indexes=[Index("document_id", "kind"), Index("member_id", "answered")],
)
Surveys = Annotated[CollectionWithEntries[Survey, Part], Context("surveys")]
