"""HTTP for systems that have no NATS client: the same commands and questions, with a bearer token."""

from ekkyo_portal.api.door import Door as Door
