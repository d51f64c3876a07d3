"""What went wrong, as a page that says what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ekkyo.contracts.base import Refused
from starlette.responses import Response

from ekkyo_portal.look.words.refusals import refusal

if TYPE_CHECKING:
    from ekkyo_portal.web.visit import Visit

STATUSES = (400, 403, 404, 405, 408, 409, 413, 429, 500, 503)
WORTH_KEEPING: Final = range(10, 20_001)
"""How many characters a text has that is given back; longer ones are files."""


@dataclass(frozen=True)
class Problem:
    """What a visitor is told. back: where the button leads; again: it leads to the same page.

    typed: texts that they wrote. Browsers forget them, because no page is stored.
    """

    title: str
    detail: str
    back: str = "/"
    again: bool = False
    typed: Sequence[str] = ()


def problem(visit: "Visit", status: int, *, code: str = "", detail: str = "", reference: str | None = None) -> Response:
    """The page for a status. code and detail: of the refusal behind it."""
    words = visit.reader.words.common
    shown = status if status in STATUSES else 500
    title = getattr(words, f"problem_{shown}")
    what_to_do = getattr(words, f"problem_{shown}_do", "")
    told = refusal(visit.reader.locale, code, detail) if code and shown in (403, 404, 409) else ""
    if shown == 500:
        what_to_do = what_to_do.format(reference=reference or "–")
    here = visit.request.method == "GET" and shown in (429, 500, 503)
    seen = Problem(title, told or what_to_do, visit.request.url.path if here else "/", here, _typed(visit))
    response = visit.page("look/problem.html", seen, status=shown)
    if shown in (429, 503):
        response.headers["retry-after"] = "5"
    return response


def _typed(visit: "Visit") -> list[str]:
    """Texts of people in the form that was sent. Ids, times, addresses and codes are ASCII without spaces."""
    texts = [text.strip() for texts in visit.typed.values.values() for text in texts] if visit.visitor else []
    return [text for text in texts if len(text) in WORTH_KEEPING and (not text.isascii() or len(text.split()) > 1)]


def refused(visit: "Visit", why: Refused) -> Response:
    """The page for a refusal that the page itself has no place for."""
    status = 503 if why.code in ("unavailable", "no_answer") else why.status
    return problem(visit, status, code=why.code, detail=why.detail, reference=why.reference)
