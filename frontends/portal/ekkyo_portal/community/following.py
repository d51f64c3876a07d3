"""Following a theme: to be told first when there is an event on it."""

from ekkyo.contracts.members import FollowTheme
from starlette.responses import Response

from ekkyo_portal.community.routes import section, shown
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit


@section.post("/c/{community_id}/follow")
async def follow(visit: Visit, community_id: str) -> Response:
    """Follow a theme of this community, or follow it no more."""
    form = await visit.form()
    wanted = form["wanted"] != "no"
    made = form.make(
        FollowTheme, member_id=visit.me.member_id, community_id=community_id, theme=form["theme"], wanted=wanted
    )
    if made is None:
        return await shown(visit, community_id, form, 422)
    await visit.send(made)
    did = "suggestions.followed" if wanted else "suggestions.unfollowed"
    return visit.see_other(_back(form, community_id), did=did)


def _back(form: Form, community_id: str) -> str:
    """Where the button stood."""
    return "/me" if form["next"] == "/me" else f"/c/{community_id}"
