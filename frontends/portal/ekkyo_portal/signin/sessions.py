"""Sessions: a signed cookie that says who signed in and when. Nothing of it is kept on the server."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from ekkyo_portal.signin.signed import Signed

LASTS: Final = timedelta(hours=10)
PURPOSE: Final = "session"


@dataclass(frozen=True)
class Session:
    """Who signed in, and when."""

    member_id: str
    began: datetime


class Sessions:
    """Reads and writes the session's cookie. secure: people reach the portal over TLS."""

    def __init__(self, signed: Signed, *, secure: bool) -> None:
        self._signed, self._secure = signed, secure
        self.cookie = "__Host-ekkyo" if secure else "ekkyo"
        """Browsers take a `__Host-` cookie from this very host alone, over TLS."""

    def of(self, request: Request, now: datetime) -> Session | None:
        """The session of a request, or None."""
        return self.read(held(request, self.cookie), now)

    def read(self, text: str | None, now: datetime) -> Session | None:
        """The session that a cookie holds, or None for one that is over or is none."""
        value = self._signed.read_value(PURPOSE, text, now=now)
        if value is None or not isinstance(value.get("sub"), str):
            return None
        return Session(value["sub"], datetime.fromtimestamp(value.get("began", value["iat"]), UTC))

    def begin(self, response: Response, member_id: str, now: datetime) -> None:
        """Sign somebody in, by a cookie with this response. It takes the place of any session before."""
        value = {"sub": member_id, "began": now.timestamp()}
        text = self._signed.make(PURPOSE, value, now=now, lasts=LASTS)
        self.set(response, self.cookie, text, LASTS)

    def end(self, response: Response, name: str | None = None) -> None:
        """Sign this browser out; or end the cookie with this name."""
        response.delete_cookie(name or self.cookie, path="/", secure=self._secure, httponly=True, samesite="lax")

    def beside(self, purpose: str) -> str:
        """The name of a cookie for another purpose. It has the prefix too: no host beside this one can plant it."""
        return f"{self.cookie}-{purpose}"

    def set(self, response: Response, name: str, text: str, lasts: timedelta) -> None:
        """Any cookie of the portal. Lax: with Strict the first click in a mail would arrive signed out."""
        response.set_cookie(
            name,
            text,
            max_age=int(lasts.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )


def held(request: Request, name: str) -> str | None:
    """What a request's cookie of just this name holds.

    Read here since other readers take spaces away that browsers take for a part of a name: `\xa0__Host-ekkyo` is a name
    that any host of the domain may set, for this one too.
    """
    for header in request.headers.getlist("cookie"):
        for pair in header.split(";"):
            found, is_pair, text = pair.strip(" \t").partition("=")
            if is_pair and found == name:
                return text
    return None
