"""A community's name, colour and logo: the form, how they would look, and the change."""

from base64 import b64decode, b64encode
from typing import Any, Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import LOGO_BYTES, Community, ReviseCommunity
from starlette.datastructures import UploadFile
from starlette.responses import Response

from ekkyo_portal.look.colours import OURS
from ekkyo_portal.look.marks import Mark, mark
from ekkyo_portal.people.communities import charter_form, led
from ekkyo_portal.people.routes import section
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

SENT: Final = 12 * 1024 * 1024
"""Bytes of a form: a file that is too large is named beside its field, with all that was typed."""
KINDS: Final = ((b"\x89PNG\r\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"<", "image/svg+xml"))
OF_LOGOS: Final = frozenset(
    f"logo_{why}" for why in ("wrong_kind", "too_large", "too_many_pixels", "unreadable", "too_complex", "not_plain")
)
"""Refusals that stand beside the file."""


@section.post("/c/{community_id}/look", who=Who.LEADERS, largest=SENT)
async def revise_look(visit: Visit, community_id: str) -> Response:
    """Change the name, the colour or the logo; or show how they would look. The page holds the file between the two."""
    form, now = await visit.form(), await led(visit, community_id)
    kept = await _file(visit, form)
    command = form.make(
        ReviseCommunity,
        {"logo_file": "logo"},
        community_id=community_id,
        name=form["name"],
        colour="" if form["colour"] == OURS else form["colour"],
        logo_file=kept or ("" if form.on("no_logo") else None),
    )
    if command is None or form.on("preview"):
        seen = _seen(now, command, kept) if command else None
        return charter_form(visit, now, look=form, seen=seen, chosen=kept, status=200 if command else 400)
    try:
        await visit.send(command)
    except Refused as why:
        if why.code not in OF_LOGOS:
            raise
        form.wrong("logo", why.code)
        return charter_form(visit, now, look=form, status=400)
    visit.site.communities.forget()
    return visit.see_other(f"/c/{community_id}", did="looks.changed")


async def _file(visit: Visit, form: Form) -> str:
    """The file that was chosen, or else the one that was shown, in base64; empty without one."""
    upload: Any = (await visit.sent()).get("logo")
    if not isinstance(upload, UploadFile) or not upload.filename:
        return form["kept"] if _kind(form["kept"]) else ""
    data = await upload.read()
    kept = b64encode(data).decode()
    if len(data) > LOGO_BYTES:
        form.wrong("logo", "logo_too_large")
    elif not _kind(kept):
        form.wrong("logo", "logo_wrong_kind")
    return "" if form.errors else kept


def _kind(kept: str) -> str:
    """What kind of picture a browser may take a file for; the members service looks closer."""
    try:
        begins = b64decode(kept[:64]).lstrip(b"\xef\xbb\xbf \t\r\n")
    except ValueError:
        return ""
    return next((kind for start, kind in KINDS if begins.startswith(start)), "")


def _seen(now: Community, command: ReviseCommunity, kept: str) -> Mark:
    """The community as it would look."""
    changes = {"name": command.name or now.name, "colour": command.colour or None}
    shown = mark(now.model_copy(update=changes | ({"logo": None} if command.logo_file == "" else {})))
    src = f"data:{_kind(kept)};base64,{kept}" if kept else shown.src
    return Mark(shown.community_id, shown.name, shown.colour, src)
