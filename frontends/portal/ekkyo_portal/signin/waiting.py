"""A form that was sent after its session was over: it waits, with all that was typed, while one signs in again."""

from starlette.datastructures import UploadFile
from starlette.responses import Response

from ekkyo_portal.web.visit import Visit


async def waiting(visit: Visit) -> Response:
    """The page on which it waits. It keeps nothing on the server, and sends the form to where it was going."""
    sent = (await visit.request.form()).multi_items()
    fields = [(name, value) for name, value in sent if isinstance(value, str)]
    return visit.page(
        "signin/waits.html",
        fields,
        status=401,
        texts=[value for _, value in fields if _written(value)],
        files=any(isinstance(value, UploadFile) and value.filename for _, value in sent),
    )


def _written(value: str) -> bool:
    """Whether somebody wrote it: choices and names of ours are single words in ASCII."""
    return " " in value.strip() or not value.isascii()
