"""Names that belong to the store cannot be fields of entries: what was saved under them would be lost."""

import pytest
from ekkyo.decision import Document, Entry
from ekkyo.store import CollectionWithEntries


class Bag(Document):
    pass


class Numbered(Entry):
    revision: int = 0


def test_an_entry_has_no_field_named_revision() -> None:
    with pytest.raises(AssertionError, match="under this name"):
        CollectionWithEntries.of(Bag, Numbered, "bags")
