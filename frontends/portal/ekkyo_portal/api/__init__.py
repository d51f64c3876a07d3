"""HTTP for systems that have no NATS client: the same commands, questions and facts, with a bearer token."""

from ekkyo_portal.api.door import Door as Door
from ekkyo_portal.api.facts import Facts as Facts
