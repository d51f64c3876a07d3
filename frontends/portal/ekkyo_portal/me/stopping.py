"""What the link at the end of a mail opens: it ends one kind of message (RFC 8058), and each press can be undone.

A mail program presses it by itself, without a cookie, and looks at no page. Whoever opens it gets a page with a button:
programs that look through mails open links too.
"""

from dataclasses import replace
from typing import Any

from ekkyo.contracts.members import ChooseMessages
from starlette.responses import Response

from ekkyo_portal.me.routes import section
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/u/{about}/{held}", who=Who.EVERYBODY)
async def ask(visit: Visit, about: str, held: str) -> Response:
    """What would end, and a button."""
    return _page(await _their(visit, about, held), about, "ask")


@section.post("/u/{about}/{held}", who=Who.EVERYBODY)
async def stop(visit: Visit, about: str, held: str) -> Response:
    """End it, or begin it again. Answers at once, without a redirect."""
    theirs = await _their(visit, about, held)
    if theirs.visitor is None:
        return _page(theirs, about, "ask")
    wanted = (await visit.form()).on("wanted")
    kind: Any = "surveys" if about == "surveys" else "new_events"
    await theirs.send(
        ChooseMessages(
            member_id=theirs.me.member_id,
            kind=kind,
            community_id=None if about == "surveys" else about,
            wanted=wanted,
        )
    )
    return _page(theirs, about, "begun" if wanted else "ended")


async def _their(visit: Visit, about: str, held: str) -> Visit:
    """The visit as the one whom the mail was sent to; of nobody when the link is not, or no longer, good."""
    visitor = await visit.site.signed_in.by_link(held, about)
    reader = replace(visit.reader, locale=visitor.locale) if visitor else visit.reader
    return replace(visit, visitor=visitor, reader=reader)


def _page(theirs: Visit, about: str, state: str) -> Response:
    if theirs.visitor is None:
        return theirs.page("me/stopping.html", "over", status=404, about=about)
    return theirs.page("me/stopping.html", state, about=about)
