"""Documents that are kept between changes."""

import weakref

from ekkyo.decision import Document
from ekkyo.store.cache import DocumentCache
from ekkyo.store.encoding import Saved, step


def test_a_kept_document_lets_go_of_what_is_settled_and_holds_on_to_what_is_not() -> None:
    cache: DocumentCache[Document] = DocumentCache()
    document = Document(id="one", revision=2)  # first: pydantic looks around when a model is first used
    told, untold = step(1, [], []), step(2, [], [])
    cache.put(Saved(document, (told, untold)))
    gone = weakref.ref(told)
    del told
    cache.settled("one", 1)
    assert gone() is None
    kept = cache.get("one")
    assert kept is not None
    assert kept.steps == (untold,)
