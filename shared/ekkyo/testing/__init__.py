"""What tests run on: real servers, a database and names of each test's own."""

from ekkyo.testing.keys import Keys
from ekkyo.testing.nats import Nats
from ekkyo.testing.settling import settled
from ekkyo.testing.waiting import eventually

__all__ = ["Keys", "Nats", "eventually", "settled"]
