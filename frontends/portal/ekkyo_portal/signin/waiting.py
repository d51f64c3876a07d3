"""A form that was sent after its session was over: it waits, with all that was typed, while one signs in again."""

import sys
from collections.abc import Iterable

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ekkyo_portal.web.body import limited
from ekkyo_portal.web.sections import FORM
from ekkyo_portal.web.visit import Visit


async def waiting(visit: Visit) -> Response:
    """The page on which it waits. It keeps nothing on the server, and sends the form to where it was going.

    Anybody may send a form without being signed in: no more is read and sent back than of a form without files. What is
    larger, such as a file as text, is chosen again as files are.
    """
    read = await _sent(visit.request)
    sent = read or []
    texts = [(name, value) for name, value in sent if isinstance(value, str)]
    fields = list(_small(texts))
    left_out = read is None or len(fields) < len(texts)
    return visit.page(
        "signin/waits.html",
        fields,
        status=401,
        texts=[value for _, value in fields if _written(value)],
        files=left_out or any(isinstance(value, UploadFile) and value.filename for _, value in sent),
    )


async def _sent(request: Request) -> list[tuple[str, str | UploadFile]] | None:
    """The fields and files; None where they are too large. Files cost little to pass over, other fields much."""
    files = request.headers.get("content-type", "").startswith("multipart/")
    asked = request if files else Request(request.scope, limited(request.receive, FORM))
    try:
        return (await asked.form(max_part_size=sys.maxsize)).multi_items()
    except HTTPException as error:
        if error.status_code != 413:
            raise
        return None


def _small(fields: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """The fields that a form without files has room for."""
    left = FORM
    for name, value in fields:
        if (size := len(name) + len(value)) <= left:
            left -= size
            yield name, value


def _written(value: str) -> bool:
    """Whether somebody wrote it: choices and names of ours are single words in ASCII."""
    return " " in value.strip() or not value.isascii()
