"""The keys of anonymous surveys: made when one opens, destroyed when it closes, kept where no answer is."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from ekkyo.broker import KeyStore
from faststream import Context, ContextRepo

from ekkyo_surveys import model, sealing

A = TypeVar("A")
MOST = 1000
"""Public keys that are kept at hand."""


class SurveyKeys:
    """A secret key per survey, by the survey's id. Raises Refused `unavailable` (503) while their store is away."""

    def __init__(self, store: KeyStore) -> None:
        self._store = store
        self._public: dict[str, str] = {}

    @classmethod
    async def open(cls, context: ContextRepo) -> None:
        """Make them known to handlers as `keys`."""
        context.set_global("keys", cls(KeyStore(context.get("broker").jetstream)))

    async def secret(self, survey_id: str) -> str | None:
        """The key that opens a survey's answers; None when it has none, or none any more."""
        return await self._store.get(survey_id)

    async def given_if_needed(self, survey_id: str, decide: Callable[[str | None], Awaitable[A]]) -> A:
        """Decide, with the survey's public key when the decision says that it needs it; a new survey's is made then.

        So a survey that is refused leaves no key behind, and one with names needs no store of keys. Of two instances
        at once, both get the same key.
        """
        try:
            return await decide(self._public.get(survey_id))
        except model.NeedsKey as needs:
            made = secrets.token_hex(32)
            key = await (self._store.create(survey_id, made) if needs.new else self.secret(survey_id))
            if key is None:
                raise model.key_lost() from None
            return await decide(self._remember(survey_id, sealing.public_key(key)))

    async def destroy(self, survey_id: str) -> None:
        """What is sealed with it can never be opened again. Said again it does nothing."""
        self._public.pop(survey_id, None)
        await self._store.destroy(survey_id)

    def _remember(self, survey_id: str, public: str) -> str:
        while len(self._public) >= MOST:
            del self._public[next(iter(self._public))]
        self._public[survey_id] = public
        return public


Keys = Annotated[SurveyKeys, Context("keys")]
