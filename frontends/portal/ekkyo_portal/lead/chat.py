"""The community's chat channel, where what is new is posted."""

import asyncio

from ekkyo.contracts.base import Refused
from ekkyo.contracts.notify import ConnectChannel
from ekkyo.words.text import one_line
from starlette.responses import Response

from ekkyo_portal.lead.section import led_community, must_lead, section
from ekkyo_portal.web import channels
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/c/{community_id}/chat", who=Who.LEADERS)
async def chat(visit: Visit, community_id: str) -> Response:
    """Whether a chat is connected, and the form for its address, which is a secret: it is never shown again."""
    return await _page(visit, community_id)


@section.post("/c/{community_id}/chat", who=Who.LEADERS)
async def connect(visit: Visit, community_id: str) -> Response:
    """Connect the channel. A new one replaces the old."""
    must_lead(visit, community_id)
    form = await visit.form()
    if not form["url"]:
        form.wrong("url", "missing")
    made = form.make(ConnectChannel, community_id=community_id, url=form["url"])
    if made is None:
        if form.errors.get("url") != "missing":
            form.errors = {"url": "url_wrong"}
        return await _page(visit, community_id, Form(errors=form.errors), status=422)
    try:
        await visit.send(made)
    except Refused as why:
        if why.code != "chat_host_not_allowed":
            raise
        return await _page(visit, community_id, Form(errors={"url": why.code}), status=409)
    return visit.see_other(f"/c/{community_id}/chat", did="results.connected")


@section.post("/c/{community_id}/chat/try", who=Who.LEADERS)
async def try_it(visit: Visit, community_id: str) -> Response:
    """Post a test message to the chat. The form names the try: a second press is the same one."""
    must_lead(visit, community_id)
    did, trouble = await channels.post_test(visit, community_id=community_id)
    if trouble:
        return await _page(visit, community_id, trouble=trouble, status=409)
    return visit.see_other(f"/c/{community_id}/chat", did=did)


@section.get("/c/{community_id}/chat/disconnect", who=Who.LEADERS)
async def ask_to_disconnect(visit: Visit, community_id: str) -> Response:
    """What disconnecting means."""
    page, community = f"/c/{community_id}/chat", await led_community(visit, community_id)
    means = visit.reader.words.chat.sure_community.format(name=one_line(community.name))
    return visit.page("look/chat_disconnect.html", means, page=page, back=page)


@section.post("/c/{community_id}/chat/disconnect", who=Who.LEADERS)
async def disconnect(visit: Visit, community_id: str) -> Response:
    """Disconnect the channel."""
    must_lead(visit, community_id)
    return await channels.disconnect(visit, f"/c/{community_id}/chat", community_id=community_id)


async def _page(
    visit: Visit, community_id: str, form: Form | None = None, *, trouble: str = "", status: int = 200
) -> Response:
    must_lead(visit, community_id)
    community, channel = await asyncio.gather(
        led_community(visit, community_id), channels.channel(visit, trouble, community_id=community_id)
    )
    return visit.page("lead/chat.html", community, status=status, form=form or Form(), channel=channel)
