"""What is free, and who gets it: shared with whoever repeats a draw."""

from ekkyo.decision.places import Filled, Room, fill, holders

__all__ = ["Filled", "Room", "fill", "holders"]
