"""Messages lead to the page where one can do what they ask for; and messages of two kinds can be ended."""

import json
from datetime import timedelta

import pytest
from ekkyo.contracts.events import EventPublished, EventReminderDue, EventRescheduled, RegistrationConfirmed
from ekkyo.contracts.surveys import SurveyOpened
from ekkyo.wire.passes import PassMaker, PassReader
from ekkyo.wire.seats import Seat, SeatReader
from ekkyo.wire.tokens import Verifier, make_keys
from ekkyo_notify.channels.chat.slack import post
from ekkyo_notify.model import kind_of
from ekkyo_notify.templates import compose
from ekkyo_notify.templates.links import Links
from markupsafe import escape

from tests.notify.making import CHAT, NOON, TOLD, TOPICS, WHO, event, notice, reader, survey
from tests.notify.scanning import scanned
from tests.notify.world import World, address, soon

PORTAL = "https://ekkyo.example.com"
PRIVATE, PUBLIC = make_keys()
MAKER, READER = PassMaker(PRIVATE), PassReader(PUBLIC["keys"])


def page_of(topic):
    """The address of the page where one does what a message asks for."""
    pages = {
        "applications_waiting": "e/e1/applications",
        "pulse_skipped": "c/c1/pulses",
        **dict.fromkeys(("rules_due", "leader_named", "deputy_named", "role_ended"), "c/c1"),
    }
    kinds = {"survey": "s/e1", "series": "series/e1", "output": "o/e1", "report": "c/c1/reports/2026-10"}
    kinds["introduction"] = "me/introductions"
    return f"{PORTAL}/{pages.get(topic) or kinds.get(topic.split('_')[0], 'e/e1')}"


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize("topic", TOPICS)
def test_every_mail_has_a_button_and_its_address_as_text(topic, locale):
    said = compose(notice(topic), WHO[topic], reader(locale), Links(PORTAL), private=True)
    short = page_of(topic)
    assert said.action
    assert (said.action.href, said.action.shown) == (short, short)
    assert f'href="{short}"' in said.html()
    assert f"{said.action.label}: {short}\n" in said.text()
    assert escape(said.action.label) in said.html()


@pytest.mark.parametrize("topic", TOPICS)
def test_without_a_portal_there_is_no_empty_button(topic):
    said = compose(notice(topic), WHO[topic], reader(), Links(), private=True)
    assert said.action is None
    assert said.unsubscribe is None
    assert 'class="button"' not in said.html()


@pytest.mark.parametrize("topic", ["registration_confirmed", "registration_promoted", "event_reminder"])
def test_who_has_to_be_somewhere_learns_that_their_page_has_a_code_for_the_desk(topic):
    def says(form, links, topic=topic):
        about = event(format=form, place="3F")
        return "Show it at the desk" in compose(notice(topic, about=about), WHO[topic], reader("en"), links).text()

    assert says("onsite", Links(PORTAL))
    assert says("hybrid", Links(PORTAL))
    assert not says("online", Links(PORTAL))
    assert not says("onsite", Links())
    assert not says("onsite", Links(PORTAL), "registration_waitlisted")


TO_COMMUNITIES = {
    *("event_published", "event_revised", "event_rescheduled", "event_cancelled", "output_attached"),
    *("series_planned", "series_revised", "series_rescheduled", "series_rule_changed", "series_cancelled"),
}
"""What a community's chat is told, besides its members."""


@pytest.mark.parametrize("topic", TOPICS)
def test_a_post_in_a_chat_has_a_button_without_anybodys_pass(topic):
    """In a member's own chat; those that a community's chat gets too lead to the same page there."""
    for recipient in (WHO[topic], *([CHAT] if topic in TO_COMMUNITIES else [])):
        said = compose(notice(topic), recipient, reader(), Links(PORTAL, MAKER, MAKER))
        (button,) = next(block for block in post(said)["blocks"] if block["type"] == "actions")["elements"]
        assert button["url"] == page_of(topic)
        assert said.unsubscribe is None


ABOUT = {"event_wanted": "themes/c1"}


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_no_answer_to_ones_own_action_can_be_ended(topic):
    said = compose(notice(topic), WHO[topic], reader(), Links(PORTAL, None, MAKER), private=True)
    assert (said.unsubscribe is not None) == (kind_of(topic) != "places")
    if said.unsubscribe:
        about, _, text = said.unsubscribe.removeprefix(f"{PORTAL}/u/").rpartition("/")
        assert about == ("surveys" if topic.startswith("survey_") else ABOUT.get(topic, "c1"))
        found = READER.of(text, "messages", about, now=TOLD + timedelta(days=300))
        assert found
        assert found.member_id == "m1"
        assert READER.of(text, "messages", "c2", now=TOLD) is None
        assert READER.of(text, "event", about, now=TOLD) is None


def test_a_pass_opens_one_event_until_it_is_over_and_is_short():
    member = "0192f0c1-7a00-7000-8000-0000000000a1"
    recipient = WHO["registration_confirmed"].__class__(member_id=member, seat="confirmed")
    said = compose(notice("registration_confirmed"), recipient, reader(), Links(PORTAL, MAKER), private=True)
    assert said.action
    assert said.action.shown == f"{PORTAL}/e/e1"
    text = said.action.href.removeprefix(f"{PORTAL}/e/e1?p=")
    assert len(text) <= 120
    over = event().ends_at
    found = READER.of(text, "event", "e1", now=over - timedelta(seconds=1))
    assert found
    assert found.member_id == member
    forged = text[:-10] + ("B" if text[-10] == "A" else "A") + text[-9:]
    for other in (
        READER.of(text, "event", "e1", now=over),
        READER.of(text, "event", "e2", now=NOON),
        READER.of(forged, "event", "e1", now=NOON),
        READER.of("", "event", "e1", now=NOON),
        READER.of("x" * 5000, "event", "e1", now=NOON),
        READER.of("é!", "event", "e1", now=NOON),
        PassReader(make_keys()[1]["keys"]).of(text, "event", "e1", now=NOON),
    ):
        assert other is None


def test_a_pass_is_no_bearer_token(tmp_path):
    (tmp_path / "jwks.json").write_text(json.dumps(PUBLIC))
    text = MAKER.make("event", "e1", "m1", NOON)
    with pytest.raises(Exception, match="token_invalid"):
        Verifier(tmp_path / "jwks.json").caller(f"Bearer {text}")


async def test_mails_lead_to_the_portal_and_what_is_muted_is_not_sent(stopped: World, tmp_path):
    key = tmp_path / "pass.json"
    key.write_text(json.dumps(PRIVATE))
    await stopped.start(portal_url=f"{PORTAL}/", pass_key_file=key, passes=True)
    await stopped.found()
    await stopped.join("m1")
    await stopped.join("m2", muted=["c1"], surveys=False)
    await stopped.quiet()
    shown = soon(format="onsite", place="3F")
    await stopped.tell(EventPublished(event_id="e1", event=shown), times=2)
    opened = survey(survey_id="s1", deadline=shown.ends_at, opened_at=shown.starts_at - timedelta(days=1))
    await stopped.tell(SurveyOpened(survey_id="s1", survey=opened, invited=["m1", "m2"]))
    await stopped.tell(RegistrationConfirmed(event_id="e1", event=shown, member_id="m2", registration_id="r1"))
    done = await stopped.done(5)
    why = {(d.member_id, d.topic): d.reason for d in done if d.status == "dropped"}
    assert why == {("m2", "event_published"): "muted", ("m2", "survey_opened"): "muted"}
    mail = next(m for m in stopped.mail.to(address("m1")) if "新しいイベント" in m["Subject"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith(f"<{PORTAL}/u/c1/")
    assert all(len(line) <= 998 for line in stopped.mail.contents[0].split(b"\r\n"))
    (confirmed,) = stopped.mail.to(address("m2"))
    assert confirmed["List-Unsubscribe"] is None
    code = next(p for p in confirmed.walk() if p.get_content_type() == "image/png").get_content()
    assert SeatReader(PUBLIC["keys"]).of(*scanned(code)) == Seat("e1", "m2", "r1")
    await stopped.tell(EventReminderDue(event_id="e1", event=shown, confirmed=["m2"]))
    await stopped.done(6)
    reminder = stopped.mail.to(address("m2"))[-1]
    again = next(p for p in reminder.walk() if p.get_content_type() == "image/png").get_content()
    assert again == code, "the facts say which registration it is of"
    before = {"was_starts_at": shown.starts_at, "was_ends_at": shown.ends_at}
    later = shown.model_copy(update={"starts_at": shown.starts_at + timedelta(hours=1), "revision": 9})
    later = later.model_copy(update={"ends_at": shown.ends_at + timedelta(hours=1)})
    await stopped.tell(EventRescheduled(event_id="e1", event=later, confirmed=["m2"], waitlisted=["m1"], **before))
    await stopped.done(8)
    moved = stopped.mail.to(address("m2"))[-1]
    assert next(p for p in moved.walk() if p.get_content_type() == "image/png").get_content() == code
    assert "image/png" not in {p.get_content_type() for p in stopped.mail.to(address("m1"))[-1].walk()}
    entry = next(p for p in confirmed.walk() if p.get_content_type() == "text/calendar").get_content()
    unfolded = entry.replace("\r\n ", "").replace("\n ", "")
    assert f"{PORTAL}/e/e1" in unfolded
    assert "?p=" not in unfolded
    assert "取りやめてください" in unfolded
