"""Signing in by mail: attempts with a code, and how many an address may ask for."""

import hmac
from datetime import datetime, timedelta
from hashlib import scrypt, sha256
from typing import Final

from ekkyo.contracts.base import Instant
from ekkyo.contracts.notify import SignedIn, SignInBegun
from ekkyo.decision import Decision, Document, Refused

LASTS: Final = timedelta(minutes=10)
TRIES: Final = 5
TWICE: Final = timedelta(minutes=1)
"""How long the try that was right may be told again: by a retry, or by somebody who pressed the button twice."""
AN_HOUR: Final = timedelta(hours=1)
MOST: Final = 5


class SignIn(Document):
    """An attempt to sign in. Its id is the caller's; of the code and the link it holds digests alone."""

    member_id: str | None = None
    """None: the address is nobody's. Such an attempt is like any other, and no code is the right one."""
    digests: list[str] = []
    expires_at: Instant
    tries: list[str] = []
    """The names of the tries that were wrong."""
    finished: str | None = None
    """The name of the try that was right."""
    finished_at: Instant | None = None


class Asked(Document):
    """When codes were asked for with one address: by the member it is of, else by its digest."""

    at: list[Instant] = []
    attempts: list[str] = []


def asked_key(member_id: str | None, email: str) -> str:
    """Whom attempts are counted for. Of a member's address nothing is kept here, not even a digest."""
    return f"member/{member_id}" if member_id else f"other/{sha256(email.encode()).hexdigest()}"


def digest(attempt_id: str, code: str) -> str:
    """What is kept of a code. It costs some 20 ms: trying all codes takes longer than one is good for."""
    return scrypt(code.encode(), salt=attempt_id.encode(), n=2**13, r=8, p=1, dklen=24).hex()


def count_attempt(asked: Asked | None, key: str, attempt_id: str, now: datetime) -> Decision[Asked, None]:
    """Count an attempt. Raises Refused when the address has had its share of this hour."""
    before = asked or Asked(id=key)
    if attempt_id in before.attempts:
        return Decision(before, None)
    recent = [at for at in before.at if at > now - AN_HOUR]
    if len(recent) >= MOST:
        raise Refused("too_many_codes", "Too many codes were requested for this address. Try again in an hour.")
    return Decision(
        Asked(id=key, revision=before.revision, at=[*recent, now], attempts=[*before.attempts, attempt_id][-MOST:]),
        None,
    )


def begin_sign_in(
    sign_in: SignIn | None, attempt_id: str, member_id: str | None, digests: list[str], now: datetime
) -> Decision[SignIn, tuple[SignInBegun, bool]]:
    """Begin an attempt; tells whether it is a new one, whose mail is to be sent."""
    made = sign_in or SignIn(id=attempt_id, member_id=member_id, digests=digests, expires_at=now + LASTS)
    return Decision(made, (SignInBegun(attempt_id=made.id, expires_at=made.expires_at), sign_in is None))


def finish_sign_in(sign_in: SignIn, finish_id: str, given: str, now: datetime) -> Decision[SignIn, SignedIn | None]:
    """Whose code this is; None for a wrong one, which counts. Raises Refused when the attempt is over."""
    again = sign_in.finished_at is None or now < sign_in.finished_at + TWICE
    if sign_in.finished == finish_id and again and sign_in.member_id:
        return Decision(sign_in, SignedIn(member_id=sign_in.member_id))
    if finish_id in sign_in.tries:
        return Decision(sign_in, None)
    if sign_in.finished or now >= sign_in.expires_at or len(sign_in.tries) >= TRIES:
        raise Refused("code_expired", "This code can no longer be used. Ask for a new one.")
    right = any(hmac.compare_digest(given, one) for one in sign_in.digests)
    if not right or sign_in.member_id is None:
        return Decision(sign_in.model_copy(update={"tries": [*sign_in.tries, finish_id]}), None)
    done = sign_in.model_copy(update={"finished": finish_id, "finished_at": now, "digests": []})
    return Decision(done, SignedIn(member_id=sign_in.member_id))
