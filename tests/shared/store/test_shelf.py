"""Documents that are kept between changes."""

import weakref

from ekkyo.decision import Document
from ekkyo.store.encoding import Saved, Step
from ekkyo.store.shelf import Shelf


def test_a_kept_document_lets_go_of_what_is_settled_and_holds_on_to_what_is_not() -> None:
    shelf: Shelf[Document] = Shelf()
    told, untold = Step(1, (), ()), Step(2, (), ())
    shelf.put(Saved(Document(id="one", revision=2), (told, untold)))
    gone = weakref.ref(told)
    del told
    shelf.settled("one", 1)
    assert gone() is None
    kept = shelf.get("one")
    assert kept is not None
    assert kept.steps == (untold,)
