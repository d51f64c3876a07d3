"""Facts in; mails, posts and deliveries out."""

from base64 import b64decode
from datetime import timedelta

import icalendar
import pytest
from ekkyo.contracts.events import (
    EventCancelled,
    EventPublished,
    EventReminderDue,
    EventRescheduled,
    EventRevised,
    MembersInvited,
    OutputAttached,
    OutputDeclined,
    OutputProposed,
    QuestionsChanged,
    RegistrationApplied,
    RegistrationConfirmed,
    RegistrationDeclined,
    RegistrationPromoted,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
    SeriesPlanned,
    Terms,
)
from ekkyo.contracts.members import Charter, Community, CommunityRevised, FollowedTheme, Membership
from ekkyo.contracts.notify import ConnectChannel
from ekkyo.contracts.surveys import SurveyOpened, Term, VocabularyChanged, VocabularyState, vocabulary_id_of
from ekkyo.decision.clock import utcnow

from tests.notify.making import CHAT, JOIN, LOGO, MEMBER, notice, output, survey
from tests.notify.test_series import ABOUT, occurrences
from tests.notify.world import World, address, soon


async def connect_chat(world: World) -> None:
    await world.send(ConnectChannel(community_id="c1", url=world.chat.url()))


def method_of(mail) -> str | None:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return parts[0].get_param("method") if parts else None


async def test_a_new_event_is_told_to_all_members_and_the_chat(world: World):
    await connect_chat(world)
    for member in ("m1", "m2", "m3"):
        await world.join(member)
    await world.join("stranger", community="c2")
    await world.tell(EventPublished(event_id="e1", event=soon()), times=3)
    done = await world.done(4)
    assert {(d.member_id or d.community_id, d.channel, d.status) for d in done} == {
        ("m1", "mail", "sent"),
        ("m2", "mail", "sent"),
        ("m3", "mail", "sent"),
        ("c1", "chat", "sent"),
    }
    await world.quiet()
    assert sorted(world.mail.recipients) == [address(m) for m in ("m1", "m2", "m3")]
    assert len(world.chat.posts) == 1
    assert {d.message_id for d in done if d.channel == "mail"} == {m["Message-ID"] for m in world.mail.mails}
    _, post = world.chat.posts[0]
    assert "【新しいイベント】Excel ピボット入門" in post["text"]
    assert not any(word in str(post) for word in ("太郎", "@example", JOIN))


async def test_who_asked_for_its_theme_is_told_first_and_not_again_with_everybody(world: World):
    here = {"community_id": "c1", "since": utcnow()}
    excel, tables = FollowedTheme(theme="エクセル", **here), FollowedTheme(theme="作表", **here)
    merged = Term(name="Excel", words=["エクセル", "作表"])
    await world.tell(
        VocabularyChanged(
            vocabulary_id=vocabulary_id_of("c1"),
            community_id="c1",
            vocabulary=VocabularyState(community_id="c1", starter=1, terms=[merged], revision=1),
        )
    )
    await world.join("m1", follows=[excel], muted=["c1"])
    await world.join("m2", follows=[tables])
    await world.join("m3", follows=[FollowedTheme(theme="RPA", **here)])
    await world.join("m4", follows=[FollowedTheme(theme="Excel", community_id="c2", since=utcnow())])
    await world.tell(EventPublished(event_id="e1", event=soon()), times=3)
    done = await world.done(4)
    assert {(d.member_id, d.topic, d.status) for d in done} == {
        ("m1", "event_wanted", "sent"),  # also who gets no messages about new events asked for this one
        ("m2", "event_wanted", "sent"),
        ("m3", "event_published", "sent"),
        ("m4", "event_published", "sent"),
    }
    await world.quiet()
    assert set(world.mail.recipients[:2]) == {address("m1"), address("m2")}
    assert len(world.mail.recipients) == 4
    await world.tell(SeriesPlanned(**ABOUT, occurrences=occurrences()), times=2)
    await world.quiet()
    of_series = await world.deliveries(entity_id="s1")
    assert {(d.member_id, d.topic, d.status) for d in of_series} == {
        ("m1", "event_wanted", "sent"),
        ("m2", "event_wanted", "sent"),
        ("m3", "series_planned", "sent"),
        ("m4", "series_planned", "sent"),
    }
    assert set(world.mail.recipients[4:6]) == {address("m1"), address("m2")}
    assert len(world.mail.recipients) == 8


async def test_mail_bears_the_new_name_colour_and_logo_of_a_community_that_was_revised(world: World):
    await world.join("m1")
    charter = Charter(objective="o", who="w", what="w", how="h")
    known = {"community_id": "c1", "rules": "", "charter": charter, "founded_at": utcnow(), "revision": 2}
    revised = Community(name="越境の会", colour="#b8401f", **known)
    facts = CommunityRevised(community_id="c1", community=revised, small_logo=LOGO)
    await world.tell(facts, times=2, revision=5)
    await world.quiet()
    await world.tell(EventPublished(event_id="e1", event=soon()))
    await world.done(1)
    [mail] = world.mail.mails
    assert mail["From"].addresses[0].display_name == "越境の会"
    html = mail.get_body(("html",)).get_content()
    assert "border-top:4px solid #b8401f" in html
    assert "31487f" not in html
    assert [part.get_content() for part in mail.walk() if part.get_content_type() == "image/png"] == [b64decode(LOGO)]


CONFIRMED = RegistrationConfirmed(event_id="e1", event=soon(), member_id="m1", registration_id="r1")


@pytest.mark.parametrize(
    ("fact", "subject", "method"),
    [
        (CONFIRMED, "【参加確定】", "REQUEST"),
        (RegistrationApplied(event_id="e1", event=soon(), member_id="m1"), "【抽選申し込み】", None),
        (RegistrationWaitlisted(event_id="e1", event=soon(), member_id="m1", position=2), "【キャンセル待ち】", None),
        (
            RegistrationPromoted(event_id="e1", event=soon(), member_id="m1", because="withdrawal"),
            "【繰り上げ・参加確定】",
            "REQUEST",
        ),
        (QuestionsChanged(event_id="e1", event=soon(asks=True), unanswered=["m1"]), "【質問への回答のお願い】", None),
        (
            RegistrationWithdrawn(event_id="e1", event=soon(), member_id="m1", was="confirmed"),
            "【参加取りやめ】",
            "CANCEL",
        ),
        (
            RegistrationWithdrawn(event_id="e1", event=soon(), member_id="m1", was="waitlisted"),
            "【キャンセル待ち取りやめ】",
            None,
        ),
    ],
)
async def test_a_member_told_three_times_of_a_registration_gets_one_mail(world: World, fact, subject, method):
    await world.join("m1")
    await world.join("m2")
    told = await world.tell(fact, times=3)
    [delivery] = await world.done(1)
    await world.quiet()
    [mail] = world.mail.mails
    assert world.mail.recipients == [address("m1")]
    assert mail["Subject"].startswith(subject)
    assert mail["From"].addresses[0].display_name == "IT活用コミュニティ"
    assert method_of(mail) == method
    assert (delivery.fact_id, delivery.entity_id, delivery.status, delivery.attempts) == (told, "e1", "sent", 1)
    assert mail["X-Ekkyo-Delivery"] == delivery.delivery_id
    assert await world.dead() == 0


@pytest.mark.parametrize(
    ("fact", "subject", "method"),
    [
        (EventRevised(event_id="e1", event=soon(), confirmed=["m1"], waitlisted=["m2"]), "【内容変更】", "REQUEST"),
        (
            EventRescheduled(
                event_id="e1",
                event=soon(sequence=2),
                was_starts_at=utcnow(),
                was_ends_at=utcnow(),
                confirmed=["m1"],
                waitlisted=["m2"],
            ),
            "【日時変更】",
            "REQUEST",
        ),
        (
            EventCancelled(
                event_id="e1",
                event=soon(status="cancelled", sequence=3),
                reason="台風",
                confirmed=["m1"],
                waitlisted=["m2"],
            ),
            "【中止】",
            "CANCEL",
        ),
    ],
)
async def test_a_change_is_told_to_who_has_a_seat_or_waits_and_to_the_chat(world: World, fact, subject, method):
    await connect_chat(world)
    for member in ("m1", "m2", "m3"):
        await world.join(member)
    await world.tell(fact, times=3)
    done = await world.done(3)
    await world.quiet()
    assert {d.member_id or d.community_id for d in done} == {"m1", "m2", "c1"}
    [seated], [waiting] = world.mail.to(address("m1")), world.mail.to(address("m2"))
    assert seated["Subject"].startswith(subject)
    assert method_of(seated) == method
    assert method_of(waiting) is None
    assert JOIN not in waiting.get_body(("plain",)).get_content()
    assert len(world.mail.mails) == 2
    assert len(world.chat.posts) == 1
    entry = icalendar.Calendar.from_ical(next(p for p in seated.iter_attachments()).get_content()).walk("VEVENT")[0]
    assert (entry["UID"], entry["SEQUENCE"]) == ("e1@ekkyo", world.revisions["events/e1"])


async def test_who_is_promoted_by_a_change_hears_of_it_once_with_one_invitation(world: World):
    for member in ("m1", "m2", "m3"):
        await world.join(member)
    more = soon(capacity=41)
    revised = EventRevised(event_id="e1", event=more, confirmed=["m1", "m2"], waitlisted=["m3"], promoted=["m2"])
    await world.tell(revised, revision=5)
    await world.tell(
        RegistrationPromoted(event_id="e1", event=more, member_id="m2", because="more_capacity"), revision=5, n=1
    )
    done = await world.done(3)
    assert {(d.member_id, d.topic) for d in done} == {
        ("m1", "event_revised"),
        ("m2", "registration_promoted"),
        ("m3", "event_revised"),
    }
    [mail] = world.mail.to(address("m2"))
    assert method_of(mail) == "REQUEST"


async def test_calendar_messages_of_one_second_rise_in_their_sequence(world: World):
    await world.join("m1")
    withdrawn = RegistrationWithdrawn(event_id="e1", event=soon(), member_id="m1", was="confirmed")
    for number, fact in enumerate([CONFIRMED, withdrawn, CONFIRMED, withdrawn], start=1):
        await world.tell(fact)
        await world.done(number)
    entries = [
        icalendar.Calendar.from_ical(next(iter(mail.iter_attachments())).get_content()) for mail in world.mail.mails
    ]
    said = [(c["METHOD"], int(c.walk("VEVENT")[0]["SEQUENCE"]), c.walk("VEVENT")[0].get("STATUS")) for c in entries]
    assert said == [("REQUEST", 1, "CONFIRMED"), ("CANCEL", 2, None), ("REQUEST", 3, "CONFIRMED"), ("CANCEL", 4, None)]


async def test_a_reminder_goes_to_who_has_a_seat(world: World):
    for member in ("m1", "m2"):
        await world.join(member)
    await world.tell(EventReminderDue(event_id="e1", event=soon(), confirmed=["m1"]), times=3)
    await world.done(1)
    await world.quiet()
    [mail] = world.mail.mails
    assert mail["Subject"].startswith("【まもなく開催】")
    assert JOIN in mail.get_body(("plain",)).get_content()


async def test_a_survey_is_told_to_those_invited_and_later_only_to_the_new_ones(world: World):
    for member in ("m1", "m2", "m3"):
        await world.join(member)
    opened = survey(deadline=utcnow() + timedelta(days=7))
    await world.tell(SurveyOpened(survey_id="e1", survey=opened, invited=["m1", "m2"]), times=3)
    await world.tell(SurveyOpened(survey_id="e1", survey=opened, invited=["m3"], more=True), times=3)
    await world.done(3)
    await world.quiet()
    assert sorted(world.mail.recipients) == [address(m) for m in ("m1", "m2", "m3")]
    assert {m["Subject"] for m in world.mail.mails} == {"【回答のお願い】Excel ピボット入門のアンケート"}


async def test_an_output_is_told_to_its_chat_and_other_authors_a_proposal_to_leaders_and_a_no_to_who_proposed(
    world: World,
):
    await connect_chat(world)
    for member in ("m1", "m2"):
        await world.join(member)
    leads = Membership(community_id="c1", joined_at=utcnow(), role="leader")
    await world.join("boss", communities=[leads])
    waits = output(status="proposed", proposed_by="m1", attached_at=None)
    await world.tell(OutputProposed(output_id="e1", output=waits), times=2, actor="m1")
    await world.done(1)  # one that is decided on before leaders were told is told to nobody
    no = output(status="declined", proposed_by="m1", attached_at=None, reason="リンクが違います")
    await world.tell(OutputDeclined(output_id="e1", output=no), times=2, actor="boss", revision=2)
    await world.tell(OutputAttached(output_id="e1", output=output(revision=3)), times=2, actor="m1", revision=3)
    done = await world.done(4)
    await world.quiet()
    assert sorted((d.member_id or d.community_id, d.topic, d.status) for d in done) == [
        ("boss", "output_proposed", "sent"),
        ("c1", "output_attached", "sent"),
        ("m1", "output_declined", "sent"),
        ("m2", "output_attached", "sent"),
    ]
    assert "Excel ピボット入門の資料" in str(world.chat.posts)
    [told] = [m for m in world.mail.mails if "見送り" in str(m["Subject"])]
    assert "リンクが違います" in told.get_body(("plain",)).get_content()


async def test_leaders_hear_of_the_first_application_that_waits_and_a_day_before_and_members_what_was_decided(
    world: World,
):
    for member in ("m1", "m2"):
        await world.join(member, locale="en")
    leads = Membership(community_id="c1", joined_at=utcnow(), role="leader")
    await world.join("boss", communities=[leads])
    for n, member in enumerate(("m1", "m2"), start=1):
        of = {"event_id": "e1", "member_id": member, "registration_id": f"r{n}"}
        event = soon(terms=Terms(approval=True), applied=n, revision=n)
        await world.tell(RegistrationApplied(event=event, **of), times=2, revision=n)
    event = soon(terms=Terms(approval=True), applied=1, revision=3)
    declined = {"event_id": "e1", "member_id": "m2", "registration_id": "r2", "because": "prerequisites"}
    await world.tell(RegistrationDeclined(event=event, **declined), times=2, revision=3)
    await world.tell(EventReminderDue(event_id="e1", event=event, confirmed=[]), revision=4)
    done = await world.done(5)
    await world.quiet()
    assert sorted((d.member_id, d.topic, d.status) for d in done) == [
        ("boss", "applications_waiting", "sent"),
        ("boss", "applications_waiting", "sent"),
        ("m1", "registration_applied", "sent"),
        ("m2", "registration_applied", "sent"),
        ("m2", "registration_declined", "sent"),
    ]
    (told,) = [m for m in world.mail.mails if "No place" in str(m["Subject"])]
    assert "needs knowledge or experience" in told.get_body(("plain",)).get_content()
    assert method_of(told) is None


async def test_members_are_told_in_their_own_language_and_time(world: World):
    await world.join("m1", locale="en", timezone="America/New_York")
    await world.tell(CONFIRMED)
    await world.done(1)
    [mail] = world.mail.mails
    assert mail["Subject"].startswith("You have a seat: ")
    assert "US Eastern time" in mail.get_body(("plain",)).get_content()


async def test_the_chat_is_told_in_the_communitys_language(stopped: World):
    world = stopped
    await world.start()
    await world.found(locale="en", name="Ekkyo & friends")
    await connect_chat(world)
    await world.tell(EventPublished(event_id="e1", event=soon(title="<!channel> A & B")))
    await world.done(1)
    _, post = world.chat.posts[0]
    assert post["text"].startswith("New event: &lt;!channel&gt; A &amp; B")
    assert "New event: <!channel> A & B" not in post["text"]
    assert "<!channel> A & B" in post["blocks"][1]["text"]["text"]
    assert post["blocks"][1]["text"]["type"] == "plain_text"


async def test_a_member_is_told_over_the_channels_they_chose(world: World):
    await world.join("m1", channels=["mail", "chat"])
    await world.join("m2", channels=["chat"])
    await world.join("m3", channels=[])
    await world.send(ConnectChannel(member_id="m1", url=world.chat.url("/m1")), "m1", "member")
    await world.tell(EventReminderDue(event_id="e1", event=soon(), confirmed=["m1", "m2", "m3"]))
    done = await world.done(3)
    assert {(d.member_id, d.channel, d.status, d.reason) for d in done} == {
        ("m1", "mail", "sent", None),
        ("m1", "chat", "sent", None),
        ("m2", "chat", "dropped", "channel_not_connected"),
    }
    assert [path for path, _ in world.chat.posts] == ["/m1"]


async def test_a_changed_address_counts_from_then_on_and_an_older_fact_does_not_bring_it_back(world: World):
    await world.join("m1")
    await world.join("m1", email="new@example.co.jp")
    await world.quiet()
    world.revisions["members/m1"] = 0
    await world.join("m1", email="old@example.co.jp")
    await world.quiet()
    await world.tell(CONFIRMED)
    await world.done(1)
    assert world.mail.recipients == ["new@example.co.jp"]


async def test_a_member_who_is_heard_of_later_is_told_all_the_same(world: World):
    await world.tell(CONFIRMED)
    await world.tell(EventReminderDue(event_id="e1", event=soon(), confirmed=["m1", "never"]))
    await world.join("m1")
    await world.done(2)
    assert world.mail.recipients == [address("m1"), address("m1")]


async def test_members_who_joined_before_an_event_was_announced_are_told_though_notify_was_down(stopped: World):
    world = stopped
    await world.start()
    await world.stop()  # provisioned, and down
    await world.found()
    for n in range(40):
        await world.join(f"m{n}")
    await world.tell(EventPublished(event_id="e1", event=soon()))
    await world.start()
    await world.done(40)
    assert len(world.mail.mails) == 40


async def test_an_event_of_a_community_that_was_never_founded_is_told_under_our_own_name(world: World):
    await world.join("m1", community="c9")
    await world.tell(RegistrationConfirmed(event_id="e9", event=soon(community_id="c9", event_id="e9"), member_id="m1"))
    await world.done(1)
    assert world.mail.mails[0]["From"].addresses[0].display_name == "Ekkyo"


PAST = {"starts_at": utcnow() - timedelta(hours=3), "ends_at": utcnow() - timedelta(hours=2)}
RUNNING = {"starts_at": utcnow() - timedelta(minutes=3), "ends_at": utcnow() + timedelta(hours=2)}


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (EventPublished(event_id="e1", event=soon(**RUNNING)), "event_started"),
        (EventReminderDue(event_id="e1", event=soon(**RUNNING), confirmed=["m1"]), "event_started"),
        (RegistrationConfirmed(event_id="e1", event=soon(**PAST), member_id="m1"), "event_over"),
        (RegistrationWaitlisted(event_id="e1", event=soon(**RUNNING), member_id="m1", position=1), "event_started"),
        (EventCancelled(event_id="e1", event=soon(**PAST, status="cancelled"), confirmed=["m1"]), "event_over"),
        (
            SurveyOpened(survey_id="e1", survey=survey(deadline=utcnow() - timedelta(days=1)), invited=["m1"]),
            "survey_closed",
        ),
    ],
)
async def test_what_is_no_longer_useful_is_dropped_and_says_why(world: World, fact, reason):
    await world.join("m1")
    await world.tell(fact)
    [delivery] = await world.done(1)
    assert (delivery.status, delivery.reason) == ("dropped", reason)
    assert world.mail.mails == []


async def test_a_registration_of_a_running_event_is_still_confirmed(world: World):
    await world.join("m1")
    await world.tell(RegistrationConfirmed(event_id="e1", event=soon(**RUNNING), member_id="m1"))
    [delivery] = await world.done(1)
    assert delivery.status == "sent"


async def test_nobody_is_reminded_of_an_event_that_was_cancelled_meanwhile(world: World):
    await world.join("m1")
    await world.tell(EventCancelled(event_id="e1", event=soon(status="cancelled", revision=5)), revision=5)
    await world.quiet()
    await world.tell(EventReminderDue(event_id="e1", event=soon(), confirmed=["m1"]), revision=4)
    [delivery] = await world.done(1)
    assert (delivery.status, delivery.reason) == ("dropped", "event_cancelled")


async def test_a_message_told_late_tells_the_time_as_it_is_by_now(world: World):
    await world.join("m1")
    moved = soon(starts_at=utcnow() + timedelta(days=9), ends_at=utcnow() + timedelta(days=9, hours=1), revision=5)
    await world.tell(
        EventRescheduled(event_id="e1", event=moved, was_starts_at=utcnow(), was_ends_at=utcnow()), revision=5
    )
    await world.quiet()
    await world.tell(CONFIRMED, revision=4)
    await world.done(1)
    entry = icalendar.Calendar.from_ical(next(iter(world.mail.mails[0].iter_attachments())).get_content())
    assert abs(entry.walk("VEVENT")[0]["DTSTART"].dt - moved.starts_at) < timedelta(seconds=1)


async def test_an_older_word_about_a_seat_is_dropped_after_a_newer_one(world: World):
    await world.join("m1")
    await world.tell(RegistrationWithdrawn(event_id="e1", event=soon(), member_id="m1", was="confirmed"), revision=8)
    await world.done(1)
    await world.tell(CONFIRMED, revision=7)
    done = await world.done(2)
    assert {(d.topic, d.status, d.reason) for d in done} == {
        ("registration_withdrawn", "sent", None),
        ("registration_confirmed", "dropped", "superseded"),
    }


async def test_an_event_by_invitation_is_told_to_the_invited_alone_and_to_no_chat(world: World):
    await connect_chat(world)
    for member in ("m1", "m2", "m3"):
        await world.join(member)
    private = soon(terms=Terms(invited_only=True))
    await world.tell(EventPublished(event_id="e1", event=private))
    await world.tell(MembersInvited(event_id="e1", event=private, members=["m1", "erased"]), times=3)
    await world.tell(EventRevised(event_id="e1", event=private, confirmed=["m2"]))
    told = {(d.topic, d.member_id, d.status) for d in await world.done(2)}
    assert told == {("event_invited", "m1", "sent"), ("event_revised", "m2", "sent")}
    await world.quiet()
    assert world.chat.posts == []
    assert sorted(world.mail.recipients) == [address("m1"), address("m2")]
    (mail,) = [mail for mail in world.mail.mails if mail["To"].addresses[0].addr_spec == address("m1")]
    assert mail["Subject"].startswith("【ご招待】Excel ピボット入門")
    assert JOIN not in mail.as_string()


async def test_what_was_put_off_is_dropped_when_the_event_is_by_invitation_by_then(world: World):
    await connect_chat(world)
    await world.join("m1")
    post = world.it.context.get("post")
    put_off = notice("event_published", event=soon())
    await world.tell(EventRevised(event_id="e1", event=soon(terms=Terms(invited_only=True), revision=9)), revision=9)
    await world.quiet()
    await post.tell(put_off, [CHAT, MEMBER])
    dropped = {(d.channel, d.status, d.reason) for d in await world.done(2)}
    assert dropped == {("chat", "dropped", "by_invitation"), ("mail", "dropped", "by_invitation")}
