"""What a member chooses: language, zone, channels, which messages, and where they are signed in."""

from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import ChooseMessages, GetMember, Member, Preferences, SetPreferences
from ekkyo.contracts.notify import ConnectChannel
from starlette.responses import Response

from ekkyo_portal.me.routes import section
from ekkyo_portal.signin import onward
from ekkyo_portal.web import channels
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit


@section.get("/me/settings")
async def settings(visit: Visit) -> Response:
    """The settings as they are."""
    member = await visit.ask(GetMember(member_id=visit.me.member_id))
    return await _page(visit, Form.filled(_values(member)))


@section.post("/me/settings")
async def choose(visit: Visit) -> Response:
    """Choose language, zone and channels."""
    form = await visit.form()
    channels: Any = form.all("channels")
    wanted = form.make(Preferences, channels=channels, locale=form["locale"], timezone=form["timezone"])
    if wanted is None:
        return await _page(visit, form, status=400)
    await visit.change(SetPreferences(member_id=visit.me.member_id, preferences=wanted))
    return visit.see_other("/me/settings", did="me.chosen")


@section.post("/me/language")
async def language(visit: Visit) -> Response:
    """Choose the language alone, on any page."""
    form = await visit.form()
    member = await visit.ask(GetMember(member_id=visit.me.member_id))
    wanted = form.make(Preferences, channels=list(member.channels), locale=form["locale"])
    if wanted:
        await visit.change(SetPreferences(member_id=member.member_id, preferences=wanted))
    return visit.see_other(onward.path(form["next"]))


@section.post("/me/settings/chat")
async def chat(visit: Visit) -> Response:
    """Connect my own chat. Its address is a secret, and is shown nowhere again."""
    form = await visit.form()
    command = form.make(ConnectChannel, {"url": "chat"}, member_id=visit.me.member_id, url=form["chat"])
    if command is None:
        return await _again(visit, Form(errors={"chat": "wrong"}))
    try:
        await visit.send(command)
    except Refused as why:
        if why.code != "chat_host_not_allowed":
            raise
        return await _again(visit, Form(errors={"chat": why.code}))
    return visit.see_other("/me/settings", did="me.connected")


@section.post("/me/settings/chat/try")
async def try_chat(visit: Visit) -> Response:
    """Post a test message to my own chat. The form names the try: a second press is the same one."""
    did, trouble = await channels.post_test(visit, member_id=visit.me.member_id)
    return await _again(visit, Form(), trouble) if trouble else visit.see_other("/me/settings", did=did)


@section.get("/me/settings/chat/disconnect")
async def ask_to_disconnect(visit: Visit) -> Response:
    """What disconnecting means."""
    means = visit.reader.words.chat.sure_own
    return visit.page("look/chat_disconnect.html", means, page="/me/settings/chat", back="/me/settings")


@section.post("/me/settings/chat/disconnect")
async def disconnect(visit: Visit) -> Response:
    """Disconnect my own chat."""
    return await channels.disconnect(visit, "/me/settings", member_id=visit.me.member_id)


@section.post("/me/messages")
async def messages(visit: Visit) -> Response:
    """Choose one kind of message."""
    form = await visit.form()
    kind: Any = form["kind"]
    await visit.send(
        ChooseMessages(
            member_id=visit.me.member_id,
            kind=kind,
            community_id=form["community_id"] or None,
            wanted=form.on("wanted"),
        )
    )
    return visit.see_other("/me/messages", did="me.wanted" if form.on("wanted") else "me.unwanted")


def _values(member: Member) -> dict[str, Any]:
    return {"locale": member.locale, "timezone": member.timezone, "channels": member.channels}


async def _again(visit: Visit, form: Form, trouble: str = "") -> Response:
    """The settings as they are, with what is wrong about the chat."""
    form.values |= Form.filled(_values(await visit.ask(GetMember(member_id=visit.me.member_id)))).values
    return await _page(visit, form, trouble, status=409 if trouble else 400)


async def _page(visit: Visit, form: Form, trouble: str = "", status: int = 200) -> Response:
    channel = await channels.channel(visit, trouble, member_id=visit.me.member_id)
    return visit.page("me/settings.html", form, status=status, channel=channel)
