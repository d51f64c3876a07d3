"""The durable consumers of each service: the table that permissions are made of."""

from collections.abc import Mapping
from typing import Final

Durables = Mapping[str, tuple[str, ...]]
"""The durable consumers of one service, by stream."""

DURABLES: Final[Mapping[str, Durables]] = {
    "members": {
        "FACTS": (
            "members-attendances",
            "members-deputies",
            "members-erasures",
            "members-guests",
            "members-hosts",
            "members-known_vocabularies",
            "members-merges",
            "members-moved_registrations",
            "members-named_speakers",
            "members-near_events",
            "members-outputs",
            "members-refused_addresses",
            "members-speakers",
            "members-stewards",
            "members-undone_attendances",
        ),
        "TIMERS": (
            "members-due-introduction",
            "members-due-merge",
            "members-due-purge",
            "members-due-report",
            "members-due-report_reminder",
            "members-due-revised_rules",
            "members-due-role",
            "members-due-rules",
            "members-due-sponsor_purge",
        ),
    },
    "events": {
        "FACTS": ("events-gone", "events-merges", "events-people", "events-rules"),
        "TIMERS": (
            "events-due-applications",
            "events-due-departure",
            "events-due-draw",
            "events-due-end",
            "events-due-release",
            "events-due-reminder",
            "events-due-series",
        ),
    },
    "surveys": {
        "FACTS": (
            "surveys-destroy_key",
            "surveys-forget_member",
            "surveys-known_events",
            "surveys-merges",
            "surveys-open_after_event",
            "surveys-people",
            "surveys-withdraw_invitation",
        ),
        "TIMERS": ("surveys-due-close", "surveys-due-pulse", "surveys-due-remind"),
    },
    "notify": {
        "FACTS": (
            "notify-communities",
            "notify-contacts",
            "notify-forget_member",
            "notify-forget_sponsor",
            "notify-known_events",
            "notify-known_surveys",
            "notify-known_vocabularies",
            "notify-new_address",
            "notify-sponsors",
            "notify-tell_applications",
            "notify-tell_changed",
            "notify-tell_declined",
            "notify-tell_host",
            "notify-tell_introduction",
            "notify-tell_invited",
            "notify-tell_output",
            "notify-tell_proposed",
            "notify-tell_published",
            "notify-tell_pulse_skipped",
            "notify-tell_questions",
            "notify-tell_registration",
            "notify-tell_reminder",
            "notify-tell_report_due",
            "notify-tell_role",
            "notify-tell_rules",
            "notify-tell_series",
            "notify-tell_series_changed",
            "notify-tell_series_registration",
            "notify-tell_sponsors",
            "notify-tell_survey",
            "notify-tell_survey_reminder",
        ),
        "TIMERS": ("notify-due-incoming", "notify-due-incoming_end"),
    },
}
"""Each service's durable consumers. A test holds this against what the services register."""
