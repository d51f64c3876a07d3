"""What messages say: every topic in both languages, and what users write kept from doing harm."""

import html.parser
from datetime import timedelta

import pytest
from ekkyo.contracts.events import Lottery, Terms
from ekkyo.words.text import one_line
from ekkyo_notify.model import Recipient
from ekkyo_notify.templates import compose

from tests.notify.making import (
    APPLIED,
    CHAT,
    JOIN,
    MEMBER,
    NOON,
    SEATED,
    TOPICS,
    WAITING,
    WHO,
    dates,
    event,
    message,
    notice,
    output,
    reader,
    survey,
)

JAPANESE = {
    "event_published": ("【新しいイベント】Excel ピボット入門 11月30日(月) 12:00", "参加登録を受け付けています"),
    "registration_applied": ("【抽選申し込み】Excel ピボット入門 11月30日(月) 12:00", "40名を抽選で決めます"),
    "event_invited": ("【ご招待】Excel ピボット入門 11月30日(月) 12:00", "招待された方だけが見られる"),
    "event_wanted": ("【お待ちのテーマ】Excel ピボット入門 11月30日(月) 12:00", "ほかの方より先に"),
    "registration_confirmed": ("【参加確定】Excel ピボット入門 11月30日(月) 12:00", "席を用意しました"),
    "registration_waitlisted": ("【キャンセル待ち】Excel ピボット入門 11月30日(月) 12:00", "いまは3番目にお待ち"),
    "registration_promoted": ("【繰り上げ・参加確定】Excel ピボット入門 11月30日(月) 12:00", "取りやめた方がいたため"),
    "registration_withdrawn": ("【参加取りやめ】Excel ピボット入門 11月30日(月) 12:00", "参加を取りやめました"),
    "registration_declined": ("【参加見送り】Excel ピボット入門 11月30日(月) 12:00", "今回は参加いただけない"),
    "applications_waiting": (
        "【申し込みの確認のお願い】Excel ピボット入門 11月30日(月) 12:00",
        "開始までに決まらなかった",
    ),
    "event_revised": ("【内容変更】Excel ピボット入門 11月30日(月) 12:00", "内容が変わりました"),
    "event_rescheduled": ("【日時変更】Excel ピボット入門 11月30日(月) 12:00 に変わりました", "席はそのままです"),
    "event_cancelled": ("【中止】Excel ピボット入門 11月30日(月) 12:00", "中止になりました"),
    "questions_asked": ("【質問への回答のお願い】Excel ピボット入門 11月30日(月) 12:00", "あなたの回答が必要な質問"),
    "event_reminder": ("【まもなく開催】Excel ピボット入門 11月30日(月) 12:00", "近づいてきました"),
    "survey_opened": ("【回答のお願い】Excel ピボット入門のアンケート", "回答は匿名です"),
    "survey_reminder": ("【回答受付中】Excel ピボット入門のアンケート", "まだ回答をいただいていない方に、一度だけ"),
    "pulse_skipped": ("【今回は見送り】いまの調子", "メンバー20名のうち16名"),
    "series_planned": ("【新しいシリーズ】Excel ピボット入門 全3回", "すべての回にまとめてでも参加登録できます"),
    "series_revised": ("【内容変更】Excel ピボット入門 3回分", "内容が変わりました"),
    "series_rescheduled": ("【日時変更】Excel ピボット入門 3回分", "席はそのままです"),
    "series_rule_changed": ("【日程変更】Excel ピボット入門 3回分", "席はそのままです"),
    "series_cancelled": ("【中止】Excel ピボット入門 3回分", "中止になりました"),
    "series_registered": ("【シリーズ参加登録】Excel ピボット入門 3回分", "まとめて参加登録しました"),
    "series_withdrawn": ("【シリーズ取りやめ】Excel ピボット入門 3回分", "参加を取りやめました"),
    "output_attached": ("【新しい成果】Excel ピボット入門の資料", "あなたの貢献として数えられます"),
    "output_proposed": ("【確認のお願い】Excel ピボット入門の資料", "リーダーが承認すると、成果一覧に載ります"),
    "output_declined": ("【見送り】Excel ピボット入門の資料", "掲載を見送りました"),
    "host_named": ("【当日の係のお願い】Excel ピボット入門 11月30日(月) 12:00", "当日の係にあなたを指定"),
    "host_removed": ("【係の終了】Excel ピボット入門 11月30日(月) 12:00", "係ではなくなりました"),
    "rules_due": ("【ルールの承認のお願い】IT活用コミュニティ", "まだ承認していません"),
    "leader_named": (
        "【リーダー】IT活用コミュニティのリーダーになりました(11月30日(月)まで)",
        "不在の間は、同じページで代理を指定できます",
    ),
    "deputy_named": (
        "【リーダー代理のお願い】IT活用コミュニティ 11月30日(月)から 11月30日(月)まで",
        "リーダーと同じことができます",
    ),
    "role_ended": ("【リーダーの終了】IT活用コミュニティ", "リーダーではなくなりました"),
    "introduction_requested": ("【紹介の依頼】IT活用コミュニティのメンバーから", "見送っても、相手には伝わりません"),
    "introduction_given": ("【紹介】IT活用コミュニティの紹介が成立しました", "お二人とも希望しました"),
    "introduction_not_given": ("【紹介】今回は見送りになりました", "ほかのメンバーも探して"),
    "report_due": ("【確認のお願い】2026年10月の活動レポート", "リーダーの確認が必要です"),
    "report_reminder": ("【再送】2026年10月の活動レポートが送られていません", "これが最後です"),
}
ENGLISH = {
    "event_published": ("New event: Excel ピボット入門 (Mon 30 Nov 12:00)", "Registration is open"),
    "registration_applied": ("You are in the draw: Excel ピボット入門 (Mon 30 Nov 12:00)", "40 seats are drawn by lot"),
    "event_invited": ("Invitation: Excel ピボット入門 (Mon 30 Nov 12:00)", "Only members who are invited can see"),
    "event_wanted": ("You asked for this: Excel ピボット入門 (Mon 30 Nov 12:00)", "You are told before others"),
    "registration_confirmed": ("You have a seat: Excel ピボット入門 (Mon 30 Nov 12:00)", "is confirmed"),
    "registration_waitlisted": (
        "You are on the waitlist: Excel ピボット入門 (Mon 30 Nov 12:00)",
        "number 3 on",
    ),
    "registration_promoted": (
        "A seat became free for you: Excel ピボット入門 (Mon 30 Nov 12:00)",
        "gave up",
    ),
    "registration_withdrawn": ("You have withdrawn: Excel ピボット入門 (Mon 30 Nov 12:00)", "given up your seat at"),
    "registration_declined": ("No place this time: Excel ピボット入門 (Mon 30 Nov 12:00)", "did not get a place"),
    "applications_waiting": ("Please decide: Excel ピボット入門 (Mon 30 Nov 12:00)", "are declined"),
    "event_revised": ("Changed: Excel ピボット入門 (Mon 30 Nov 12:00)", "have changed"),
    "event_rescheduled": ("New time: Excel ピボット入門 (now Mon 30 Nov 12:00)", "You keep your seat"),
    "event_cancelled": ("Cancelled: Excel ピボット入門 (Mon 30 Nov 12:00)", "will not take place"),
    "questions_asked": ("Please answer: Excel ピボット入門 (Mon 30 Nov 12:00)", "have not answered all of them"),
    "event_reminder": ("Coming up: Excel ピボット入門 (Mon 30 Nov 12:00)", "is coming up"),
    "survey_opened": ("Your opinion, please: Survey on pivot tables", "Answers are anonymous"),
    "survey_reminder": ("Still open for your answer: Survey on pivot tables", "have not answered yet"),
    "pulse_skipped": ("No survey this time: How are we?", "of 20, 16 were asked"),
    "series_planned": ("New series: Excel ピボット入門 (3 dates)", "or for all at once"),
    "series_revised": ("Changed: Excel ピボット入門 (3 dates)", "have changed"),
    "series_rescheduled": ("New time: Excel ピボット入門 (3 dates)", "You keep your seats"),
    "series_rule_changed": ("New dates: Excel ピボット入門 (3 dates)", "You keep your seats"),
    "series_cancelled": ("Cancelled: Excel ピボット入門 (3 dates)", "will not take place"),
    "series_registered": (
        "You are registered for the series: Excel ピボット入門 (3 dates)",
        "on the 3 upcoming dates",
    ),
    "series_withdrawn": ("You have withdrawn from the series: Excel ピボット入門 (3 dates)", "no longer registered"),
    "output_attached": ("New on the board: Excel ピボット入門の資料", "it counts as your contribution"),
    "output_proposed": ("Please look at: Excel ピボット入門の資料", "once a leader has confirmed it"),
    "output_declined": ("Not on the board: Excel ピボット入門の資料", "did not put"),
    "host_named": ("You are a host: Excel ピボット入門 (Mon 30 Nov 12:00)", "seven days after its end"),
    "host_removed": ("No longer a host: Excel ピボット入門 (Mon 30 Nov 12:00)", "no longer a host"),
    "rules_due": ("Please accept the rules of IT活用コミュニティ", "have not yet accepted"),
    "leader_named": ("You lead IT活用コミュニティ until Mon 30 Nov", "you can name a deputy there"),
    "deputy_named": (
        "You stand in for a leader of IT活用コミュニティ from Mon 30 Nov until Mon 30 Nov",
        "what a leader can",
    ),
    "role_ended": ("No longer a leader of IT活用コミュニティ", "You stay a member"),
    "introduction_requested": ("A request for an introduction in IT活用コミュニティ", "they are not told"),
    "introduction_given": ("An introduction in IT活用コミュニティ", "Both of you said yes"),
    "introduction_not_given": ("Your introduction: not this time", "did not come about this time"),
    "report_due": ("Please review: the report for October 2026", "has to look at it"),
    "report_reminder": ("Not sent yet: the report for October 2026", "the only reminder"),
}

TIMELESS = ("rules_", "output_", "introduction_", "report_", "pulse_", "leader_", "deputy_", "role_")
"""Topics that say no time."""


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize(("locale", "golden"), [("ja", JAPANESE), ("en", ENGLISH)])
def test_a_message_says_what_happened(topic, locale, golden):
    said = message(topic, locale)
    subject, phrase = golden[topic]
    assert said.subject == subject
    assert phrase in said.lead
    for body in (said.text(), said.html()):
        assert phrase in body
        assert "藤田 真由美" in body
        assert "IT活用コミュニティ" in body


@pytest.mark.parametrize("topic", TOPICS)
def test_a_message_is_in_one_language(topic):
    of = {"output": output(title="Pivot", event_title="Pivot")} if topic.startswith("output_") else {}
    about = event(title="Pivot", description="")
    english = compose(notice(topic, about=about, **of), WHO[topic], reader("en", name="Ann"))
    words = (english.text() + english.html()).replace("IT活用コミュニティ", "")
    words = words.replace("'Hiragino Sans'", "")
    assert not [c for c in words if "\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff"]
    japanese = message(topic, "ja").text()
    assert not any(word in japanese for word in ("When", "Hello", "event", "seat", "waitlist"))


@pytest.mark.parametrize("topic", [t for t in TOPICS if not t.startswith(TIMELESS)])
@pytest.mark.parametrize("locale", ["ja", "en"])
def test_times_are_the_readers_own_with_the_zone_named(topic, locale):
    zone = "America/New_York"
    said = compose(notice(topic), WHO[topic], reader(locale, zone))
    when = said.rows[0][1]
    if topic.startswith("survey_"):
        assert (
            when
            == {"ja": "12月6日(日) 22:00 (米国東部時間・UTC-5)", "en": "Sun 6 Dec 22:00 (US Eastern time, UTC-5)"}[
                locale
            ]
        )
    else:
        expected = {
            "ja": "11月29日(日) 22:00〜23:00 (米国東部時間・UTC-5)",
            "en": "Sun 29 Nov 22:00–23:00 (US Eastern time, UTC-5)",
        }
        assert when == expected[locale]
    assert when in said.text()


def test_the_japanese_time_reads_as_people_write_it():
    assert message("registration_confirmed").rows[0] == ("日時", "11月30日(月) 12:00〜13:00 日本時間")
    assert message("registration_confirmed", "en").rows[0] == ("When", "Mon 30 Nov 12:00–13:00 (Japan time)")


BERLIN = event(
    title="Berlin",
    place="Alexanderplatz 1",
    timezone="Europe/Berlin",
    starts_at=NOON.replace(hour=9),
    ends_at=NOON.replace(hour=17),
)
THERE = {
    "ja": "11月30日(月) 10:00〜18:00 (ドイツ時間・UTC+1)",
    "en": "Mon 30 Nov 10:00–18:00 (Germany time, UTC+1)",
}
HERE = {
    "ja": "11月30日(月) 18:00〜12月1日(火) 2:00 日本時間",
    "en": "Mon 30 Nov 18:00–Tue 1 Dec 2:00 (Japan time)",
}
BESIDE = {"ja": "ほかの時間帯では", "en": "That is"}


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize("form", ["onsite", "hybrid", "online"])
def test_a_place_has_its_own_clock_and_the_readers_stands_beside_it_and_online_the_other_way_round(locale, form):
    about = BERLIN.model_copy(update={"format": form})
    for topic, to, who in (
        ("registration_confirmed", SEATED, reader(locale)),
        ("event_revised", CHAT, reader(locale, name=None)),
    ):
        said = compose(notice(topic, about=about), to, who)
        first, beside = (HERE, THERE) if form == "online" else (THERE, HERE)
        assert said.rows[0][1] == first[locale]
        assert said.rows[1] == (BESIDE[locale], beside[locale])
        assert ("18:00" in said.subject) is (form == "online")
        zone = {"ja": "10:00 ドイツ時間", "en": "10:00 Germany time"}[locale]
        assert (zone in said.subject) is (form != "online")


def test_one_clock_is_told_where_both_show_the_same():
    about = BERLIN.model_copy(update={"format": "onsite"})
    for zone in ("Europe/Berlin", "Europe/Paris"):
        said = compose(notice("registration_confirmed", about=about), SEATED, reader("en", zone))
        assert said.rows[0] == ("When", THERE["en"])
        assert said.rows[1][0] == "Format"
    assert "Germany" not in said.subject


def test_a_moved_event_is_told_with_both_times():
    said = message("event_rescheduled")
    assert ("変更前の日時", "11月29日(日) 12:00〜13:00 日本時間") in said.rows
    assert "11月29日(日) 12:00" not in said.subject


@pytest.mark.parametrize(
    ("topic", "to", "told"),
    [
        ("registration_confirmed", SEATED, True),
        ("registration_promoted", SEATED, True),
        ("event_reminder", SEATED, True),
        ("event_rescheduled", SEATED, True),
        ("event_revised", SEATED, True),
        ("event_published", MEMBER, False),
        ("registration_waitlisted", WAITING, False),
        ("registration_withdrawn", MEMBER, False),
        ("event_revised", WAITING, False),
        ("event_rescheduled", WAITING, False),
        ("event_cancelled", SEATED, False),
        ("event_published", CHAT, False),
        ("event_revised", CHAT, False),
        ("event_rescheduled", CHAT, False),
    ],
)
@pytest.mark.parametrize("locale", ["ja", "en"])
def test_only_who_has_a_seat_is_told_where_to_join(topic, to, told, locale):
    said = message(topic, locale, to=to)
    assert (JOIN in said.text()) is told
    assert (JOIN.replace("&", "&amp;") in said.html()) is told


def test_an_address_that_is_not_known_yet_is_promised():
    said = notice("event_published", event=event(url=None, url_follows=True))
    assert "後日お知らせします" in compose(said, MEMBER, reader()).text()
    assert "the link will follow" in compose(said, MEMBER, reader("en")).text()


LOTTERY = event(terms=Terms(lottery=Lottery(draws_at=NOON - timedelta(days=3))))


@pytest.mark.parametrize(
    ("topic", "ja", "en"),
    [
        (
            "event_published",
            "11月27日(金) 12:00 までに申し込んだ方の中から抽選",
            "by lot among all who register by Fri 27 Nov 12:00",
        ),
        (
            "registration_applied",
            "11月27日(金) 12:00 までに申し込んだ方",
            "among all who register by Fri 27 Nov 12:00",
        ),
        ("registration_confirmed", "抽選の結果、「Excel", "were drawn by lot, and you got one"),
        (
            "registration_waitlisted",
            "次の抽選では、当たりやすくなります",
            "number 3 on the waitlist, in the order drawn",
        ),
    ],
)
def test_of_a_lottery_it_is_told_when_it_is_drawn_and_what_came_of_it(topic, ja, en):
    for locale, text in (("ja", ja), ("en", en)):
        told = message(topic, locale, about=LOTTERY, because="draw")
        assert text in told.lead
        assert "先着" not in told.lead
        assert "first served" not in told.lead
        draw = {"ja": ("抽選", "11月27日(金) 12:00"), "en": ("Draw", "Fri 27 Nov 12:00")}[locale]
        assert (draw in told.rows) is (topic != "registration_confirmed")


def test_a_group_is_told_that_it_has_one_ticket():
    told = message("registration_applied", about=LOTTERY, group=["m1", "m2", "m3"])
    assert "3名でいっしょに申し込んでいます。抽選は1組として行い" in told.lead
    told = message("registration_applied", "en", about=LOTTERY, group=["m1", "m2"], by_another=True)
    assert "Somebody registered you together with 1 other. You have one ticket" in told.lead


def test_withdrawing_from_the_waitlist_is_not_called_giving_up_a_seat():
    assert message("registration_withdrawn", was="waitlisted").subject.startswith("【キャンセル待ち取りやめ】")
    assert "no longer on the waitlist" in message("registration_withdrawn", "en", was="waitlisted").lead


@pytest.mark.parametrize(("locale", "says"), [("ja", "直前の取りやめ"), ("en", "late cancellation")])
def test_a_deadline_is_told_with_the_seat_and_a_late_cancellation_kindly(locale, says):
    deadline = NOON - timedelta(days=2)
    it = event(terms={"withdraw_by": deadline})
    for topic in ("registration_confirmed", "registration_promoted"):
        assert says in message(topic, about=it, locale=locale).lead
        assert says not in message(topic, locale=locale).lead, "without a deadline"
        assert says not in message(topic, about=it, locale=locale, told_at=deadline).lead, "when it is past"
    own = message("registration_promoted", about=it, locale=locale, told_at=deadline, withdraw_by=NOON).lead
    assert says in own
    withdrawn = message("registration_withdrawn", about=it, locale=locale, late=True).lead
    assert says in withdrawn
    assert ("影響しません" if locale == "ja" else "changes nothing for other events") in withdrawn
    assert says not in message("registration_withdrawn", about=it, locale=locale).lead


def test_more_capacity_is_told_as_the_reason_for_a_promotion():
    assert "定員が増えたため" in message("registration_promoted", because="more_capacity").lead
    assert "more seats" in message("registration_promoted", "en", because="more_capacity").lead


def test_why_an_event_was_cancelled_is_told():
    assert "理由: 講師の都合" in message("event_cancelled", reason="講師の都合").text()
    assert "Reason: storm" in message("event_cancelled", "en", reason="storm").html()


def test_a_survey_that_is_not_anonymous_does_not_say_it_is():
    named = notice("survey_opened", survey=survey(anonymous=False))
    assert "匿名" not in compose(named, MEMBER, reader()).text()


def test_a_survey_without_a_title_in_the_readers_language_keeps_the_one_it_has():
    only = notice("survey_opened", survey=survey(title={"ja": "アンケート"}))
    assert compose(only, MEMBER, reader("en")).subject == "Your opinion, please: アンケート"


def test_an_output_is_told_with_what_it_is_and_where_it_is_and_the_chat_is_no_author():
    said = compose(notice("output_attached"), CHAT, reader("en", name=None))
    assert said.rows == [
        ("Kind", "Slides"),
        ("Event", "Excel ピボット入門"),
        ("Link", "https://board.example.co.jp/pivot?a=1&b=2"),
    ]
    assert "contribution" not in said.lead
    outside = output(kind="talk_outside", url=None, event_title=None)
    assert compose(notice("output_attached", output=outside), MEMBER, reader()).rows == [("種類", "社外での発表")]
    assert "Wrong link" in message("output_declined", "en", reason="Wrong link").html()


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "line\r\nBcc: everyone@example.com",
    "\u202egnp.exe\u2066",
    "=?utf-8?b?QmNj?=",
    "&lt;b&gt; &amp; <!channel> *bold* `code`",
    "x" * 500,
]


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("locale", ["ja", "en"])
def test_a_hostile_title_stays_text(title, topic, locale):
    about = event(title=title, place=title, description=title, format="hybrid")
    changes = {"survey": survey(title={"ja": title, "en": title})} if topic.startswith("survey_") else {"about": about}
    if topic.startswith("output_"):
        changes = {"output": output(title=title, event_title=title, url='https://a.example/<script>"&amp;')}
    clean = message(topic, locale)
    said = compose(notice(topic, reason=title, **changes), WHO[topic], reader(locale, community=title, name=title))
    assert "\n" not in said.subject
    assert "\r" not in said.subject
    assert "\u202e" not in said.subject + said.text() + said.html()
    assert "49" not in said.lead.replace("7 * 7", "")
    tags, usual = Tags(), Tags()
    tags.feed(said.html())
    usual.feed(clean.html())
    allowed = {tag for tag, _ in usual.seen}
    assert {tag for tag, _ in tags.seen} <= allowed
    assert not any(name.startswith("on") for _, attrs in tags.seen for name in attrs)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", 'https://x.example/"onclick="alert(1)', "https://x.example/<b>"]
)
def test_an_address_that_is_none_of_the_web_is_not_linked(url):
    said = message("registration_confirmed", about=event(url=url))
    tags = Tags()
    tags.feed(said.html())
    assert not [attrs for tag, attrs in tags.seen if tag == "a"]


def test_a_mail_loads_and_tracks_nothing():
    tags = Tags()
    tags.feed(message("registration_confirmed").html())
    assert not {"img", "script", "link", "iframe"} & {tag for tag, _ in tags.seen}
    assert [attrs["href"] for tag, attrs in tags.seen if tag == "a"] == [JOIN]


def test_the_year_is_told_when_it_is_another_one():
    january = NOON + timedelta(days=45)
    about = event(starts_at=january, ends_at=january + timedelta(hours=1))
    assert message("event_reminder", about=about).rows[0][1] == "2027年1月14日(木) 12:00〜13:00 日本時間"
    assert message("event_reminder", "en", about=about).rows[0][1] == "Thu 14 Jan 2027 12:00–13:00 (Japan time)"


def test_an_event_over_midnight_names_both_days():
    about = event(ends_at=NOON + timedelta(hours=14))
    assert message("event_reminder", about=about).rows[0][1] == "11月30日(月) 12:00〜12月1日(火) 2:00 日本時間"


def test_times_follow_daylight_saving():
    summer, winter = NOON - timedelta(days=150), NOON
    told = [
        compose(
            notice("event_reminder", about=event(starts_at=at, ends_at=at + timedelta(hours=1))),
            SEATED,
            reader("en", "Europe/Berlin"),
        ).rows[0][1]
        for at in (summer, winter)
    ]
    assert told == ["Fri 3 Jul 5:00–6:00 (Germany time, UTC+2)", "Mon 30 Nov 4:00–5:00 (Germany time, UTC+1)"]


def test_an_event_over_the_change_of_clocks_names_both_offsets():
    change = NOON.replace(month=10, day=25, hour=0, minute=30)
    about = event(starts_at=change, ends_at=change + timedelta(hours=1))
    said = compose(notice("event_reminder", about=about), SEATED, reader("en", "Europe/Berlin"))
    assert said.rows[0][1] == "Sun 25 Oct 2:30–2:30 (Germany time, UTC+2 to UTC+1)"


def test_a_zone_without_a_common_name_goes_by_its_city():
    said = compose(notice("event_reminder"), SEATED, reader("ja", "America/Sao_Paulo"))
    assert said.rows[0][1] == "11月30日(月) 0:00〜1:00 (Sao Paulo時間・UTC-3)"
    half = compose(notice("event_reminder"), SEATED, reader("en", "Asia/Kathmandu"))
    assert half.rows[0][1].endswith("(Kathmandu time, UTC+5:45)")


def test_one_line_takes_out_what_is_not_seen():
    assert one_line("a\u0000b\u200b\u2028c\td") == "a b c d"
    assert len(one_line("あ" * 300)) == 200


@pytest.mark.parametrize(("locale", "says"), [("ja", ("テーブル", "2 番テーブル")), ("en", ("Table", "Table 2"))])
def test_the_reminder_and_the_mail_of_a_late_seat_say_where_one_sits(locale, says):
    tables = {"tables": [["m2"], ["m1"]]}
    for said in (message("event_reminder", locale, **tables), message("registration_promoted", locale, table=2)):
        assert says in said.rows
        assert says[1] in said.text()
        assert says[1] in said.html()
    for at_none in (message("event_reminder", locale, tables=[["m2"], []]), message("event_reminder", locale)):
        assert says[0] not in [label for label, _ in at_none.rows]


@pytest.mark.parametrize("topic", ["event_revised", "event_rescheduled", "event_cancelled", "series_cancelled"])
def test_who_applied_is_not_told_of_a_seat(topic):
    applied = Recipient(member_id="m1", seat="applied")
    said = compose(notice(topic), applied, reader("en")).text()
    assert " applied" in said
    assert "seat" not in said.split("Format")[0]
    assert "申し込まれて" in compose(notice(topic), applied, reader("ja")).text()


def test_who_withdraws_an_application_reads_of_an_application():
    assert "You have withdrawn your application" in message("registration_withdrawn", "en", was="applied").text()
    assert "申し込みを取り下げました" in message("registration_withdrawn", "ja", was="applied").text()


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_dates_of_a_series_with_an_application_are_told_apart(locale):
    first, second, third = dates(event())
    three = [first, second.model_copy(update={"seat": "waitlisted"}), third.model_copy(update={"seat": "applied"})]
    rows = dict(compose(notice("series_registered", dates=three), SEATED, reader(locale)).rows)
    labels = {
        "ja": ("参加確定", "キャンセル待ち", "申し込み済み"),
        "en": ("You have a seat on", "You are on the waitlist on", "You have applied for"),
    }
    assert set(labels[locale]) <= set(rows)


@pytest.mark.parametrize(
    ("locale", "says"), [("ja", "リーダーからの質問に、まだ答えていません"), ("en", "have not answered yet")]
)
@pytest.mark.parametrize(
    "topic", ["registration_confirmed", "registration_waitlisted", "registration_promoted", "registration_applied"]
)
def test_who_still_has_to_answer_questions_is_asked_to_in_the_mail_about_the_place(topic, locale, says):
    asked = message(topic, locale, unanswered=True)
    assert says in asked.text()
    assert says in asked.html()
    assert says not in message(topic, locale).text()


def test_where_leaders_approve_an_application_is_no_entry_to_a_draw():
    approves = event(terms=Terms(approval=True))
    for locale, says, not_this in (("en", "A leader of", "by lot"), ("ja", "リーダーが", "抽選")):
        said = compose(notice("registration_applied", about=approves), APPLIED, reader(locale)).text()
        assert says in said
        assert not_this not in said


@pytest.mark.parametrize(
    ("because", "says"),
    [
        ("full", "not enough seats"),
        ("prerequisites", "knowledge or experience"),
        ("audience", "meant for others"),
        ("not_decided", "no leader had decided"),
        ("other", "did not get a place"),
    ],
)
def test_who_was_declined_reads_the_reason_in_words(because, says):
    assert says in message("registration_declined", "en", because=because).text()
    assert because not in message("registration_declined", "ja", because=because).text()
