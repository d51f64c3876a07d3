"""Documents with what must follow from them, on MongoDB. One change is one atomic write."""

from ekkyo.store.beside import Beside
from ekkyo.store.collection import Collection, CollectionWithEntries
from ekkyo.store.declarations import Declaration, Index, Projected
from ekkyo.store.driver import Driver, Unavailable
from ekkyo.store.effects import BeingDone, Effects
from ekkyo.store.entries import Kept
from ekkyo.store.projection import Projection
from ekkyo.store.rebuilt import Mended, Rebuilt
from ekkyo.store.settle import Outbox
from ekkyo.store.store import Stats, Store
from ekkyo.store.turns import Turns

__all__ = [
    "BeingDone",
    "Beside",
    "Collection",
    "CollectionWithEntries",
    "Declaration",
    "Driver",
    "Effects",
    "Index",
    "Kept",
    "Mended",
    "Outbox",
    "Projected",
    "Projection",
    "Rebuilt",
    "Stats",
    "Store",
    "Turns",
    "Unavailable",
]
