"""What formats, registrations and events are called, in both languages."""

from ekkyo.contracts.events import EventFormat, EventStatus, OutputKind, RegistrationStatus
from ekkyo.contracts.members import Crossing, Locale

FORMATS: dict[Locale, dict[EventFormat, str]] = {
    "ja": {"online": "オンライン", "onsite": "会場", "hybrid": "会場とオンライン"},
    "en": {"online": "Online", "onsite": "On site", "hybrid": "On site and online"},
}

EVENT_STATES: dict[Locale, dict[EventStatus, str]] = {
    "ja": {"draft": "下書き", "published": "公開中", "cancelled": "中止", "concluded": "終了"},
    "en": {"draft": "Draft", "published": "Published", "cancelled": "Cancelled", "concluded": "Over"},
}

REGISTRATIONS: dict[Locale, dict[RegistrationStatus, str]] = {
    "ja": {
        "confirmed": "参加確定",
        "waitlisted": "キャンセル待ち",
        "withdrawn": "取りやめ",
        "attended": "参加済み",
        "no_show": "欠席",
        "applied": "申し込み済み",
        "declined": "見送り",
    },
    "en": {
        "confirmed": "Confirmed",
        "waitlisted": "On the waitlist",
        "withdrawn": "Withdrawn",
        "attended": "Attended",
        "no_show": "Did not come",
        "applied": "Applied",
        "declined": "Declined",
    },
}

CROSSINGS: dict[Locale, dict[Crossing, str]] = {
    "ja": {
        "took_part": "参加した",
        "shared": "共有した",
        "taught": "教えた",
        "carried_outside": "社外で発表した",
    },
    "en": {
        "took_part": "Took part",
        "shared": "Shared",
        "taught": "Taught",
        "carried_outside": "Spoke outside",
    },
}

OUTPUT_KINDS: dict[Locale, dict[OutputKind, str]] = {
    "ja": {
        "article": "記事",
        "slides": "スライド",
        "recording": "録画",
        "code": "コード",
        "photos": "写真",
        "talk_outside": "社外での発表",
    },
    "en": {
        "article": "Article",
        "slides": "Slides",
        "recording": "Recording",
        "code": "Code",
        "photos": "Photos",
        "talk_outside": "Talk outside the company",
    },
}
