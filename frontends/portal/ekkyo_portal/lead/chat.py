"""The community's chat channel, where what is new is posted."""

from ekkyo.contracts.notify import ConnectChannel
from starlette.responses import Response

from ekkyo_portal.lead.room import led_community, room
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@room.get("/c/{community_id}/chat", who=Who.LEADERS)
async def chat(visit: Visit, community_id: str) -> Response:
    """The form for the channel's address, which is a secret: it is never shown again."""
    return visit.page("lead/chat.html", await led_community(visit, community_id), form=Form())


@room.post("/c/{community_id}/chat", who=Who.LEADERS)
async def connect(visit: Visit, community_id: str) -> Response:
    """Connect the channel. A new one replaces the old."""
    community = await led_community(visit, community_id)
    form = await visit.form()
    if not form["url"]:
        form.wrong("url", "missing")
    made = form.make(ConnectChannel, community_id=community_id, url=form["url"])
    if made is None:
        if form.errors.get("url") != "missing":
            form.errors = {"url": "url_wrong"}
        return visit.page("lead/chat.html", community, form=Form(errors=form.errors), status=422)
    await visit.send(made)
    return visit.see_other(f"/c/{community_id}/chat", did="results.connected")
