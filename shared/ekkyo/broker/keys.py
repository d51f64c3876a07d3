"""A store of keys beside the databases: what is sealed in a database can be opened with what is here, and not after.

It is a key-value bucket of JetStream. A key that is destroyed is overwritten on the server's disk at once: deleting a
message does that, purging it does not. No backup holds this bucket.
"""

from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import BadRequestError, NotFoundError

from ekkyo.broker.streams import SURVEY_KEYS
from ekkyo.contracts.base import Refused

AWAY = "The key store does not answer. Nothing was changed. Try again."
WRONG_LAST_SEQUENCE, NO_MESSAGE = 10071, 10037
"""The server's errors when there is a key of this name already, and when there is none."""


class KeyStore:
    """Keys by name. Every method raises Refused `unavailable` (503) while NATS does not answer."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js, self._stream = js, str(SURVEY_KEYS.name)
        self._prefix = f"$KV.{self._stream.removeprefix('KV_')}."

    async def get(self, name: str) -> str | None:
        """The key; None when there is none, or none any more."""
        found = await self._found(name)
        return (found.data or b"").decode() if found else None

    async def create(self, name: str, key: str) -> str:
        """Keep this key unless there is one already; whichever is kept in the end."""
        try:
            await self._js.publish(
                self._prefix + name, key.encode(), headers={"Nats-Expected-Last-Subject-Sequence": "0"}
            )
        except BadRequestError as no:
            if no.err_code != WRONG_LAST_SEQUENCE or not (there := await self.get(name)):
                raise Refused("unavailable", AWAY, 503) from None
            return there
        except (NatsError, OSError, TimeoutError):
            raise Refused("unavailable", AWAY, 503) from None
        return key

    async def destroy(self, name: str) -> None:
        """Overwrite the key on the disk. Said again it does nothing."""
        while found := await self._found(name):
            try:
                await self._js.delete_msg(self._stream, found.seq or 0)
            except (NatsError, OSError, TimeoutError):
                raise Refused("unavailable", AWAY, 503) from None

    async def _found(self, name: str) -> RawStreamMsg | None:
        try:
            return await self._js.get_last_msg(self._stream, self._prefix + name)
        except (NatsError, OSError, TimeoutError) as error:
            if isinstance(error, NotFoundError) and error.err_code == NO_MESSAGE:
                return None
            raise Refused("unavailable", AWAY, 503) from None
