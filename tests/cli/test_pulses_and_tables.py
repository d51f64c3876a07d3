"""`ekkyo pulses` and `ekkyo tables`: what is said to the services, what people read, and what is asked wrongly."""

import json
from typing import Any

import pytest
from ekkyo.contracts.events import GetTables, MoveSeat, SeatTables, Tables
from ekkyo.contracts.members import Cards, FindMembers, GetCards, MemberCard, MemberPage
from ekkyo.contracts.surveys import EndPulse, ListPulses, PlanPulse, PulseList, PulseRound
from ekkyo_cli.commands import pulses, tables
from ekkyo_cli.main import app
from typer.testing import CliRunner, Result

from tests.cli.talking import answered_by
from tests.notify.making import pulse
from tests.portal.leading import PEOPLE

SEATED = Tables(event_id="e1", size=2, seed=0, tables=[["ken", "mai"], ["far"]])
Said = list[Any]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What the commands say; each answer is the one that belongs to it."""
    found: Said = []
    number = PEOPLE[0]
    replies: dict[type[Any], Any] = {
        ListPulses: PulseList(pulses=[pulse(next_on="2026-12-01")], members=20, rested=16),
        PlanPulse: pulse(next_on="2026-12-01", rounds=[]),
        EndPulse: pulse(status="ended", rounds=[PulseRound(day="2026-11-30", survey_id="s1", invited=6)]),
        SeatTables: SEATED,
        GetTables: SEATED,
        MoveSeat: SEATED,
        GetCards: Cards(cards=[MemberCard(member_id="ken", name="山田 [健]", department="総務")]),
        FindMembers: MemberPage(members=[number]),
    }

    class Asked:
        async def ask(self, message: Any) -> Any:
            found.append(message)
            return replies[type(message)]

        send = ask

    answered_by(monkeypatch, Asked(), pulses, tables)
    return found


def ekkyo(*words: str) -> Result:
    return CliRunner().invoke(app, words, env={"COLUMNS": "200"})


def test_a_pulse_is_planned_listed_and_ended(said: Said) -> None:
    in_it = ("--community", "it")
    planned = ekkyo("pulses", "plan", "how", "--en", "How?", "--weeks", "2", "--weekday", "mo", "--share", "20", *in_it)
    assert planned.exit_code == 0, planned.output
    assert "opens next on 2026-12-01 at 12:00 (Asia/Tokyo)" in planned.output
    [command] = said
    assert isinstance(command, PlanPulse)
    assert (command.pulse, command.title, command.weeks, command.weekday) == ("how", {"en": "How?"}, 2, "MO")
    assert (command.anonymous, command.share, command.sample) == (True, 20, None)
    listed = ekkyo("pulses", "list", *in_it)
    assert "opened nothing: too few could be asked" in listed.output
    assert "20 active members, of whom 16" in listed.output
    assert json.loads(ekkyo("pulses", "list", "--json", *in_it).output)["members"] == 20
    ended = ekkyo("pulses", "end", "how", *in_it)
    assert "ended  last: 2026-11-30, asked 6" in ended.output
    assert said[-1] == EndPulse(community_id="it", pulse="how")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("pulses", "plan", "how", "--en", "How?"), "--share or --sample"),
        (("pulses", "plan", "how", "--en", "How?", "--share", "5", "--sample", "5"), "--share or --sample"),
        (("pulses", "plan", "how", "--share", "5"), "--ja or --en"),
        (("pulses", "plan", "How?", "--en", "How?", "--share", "5"), "KEY"),
        (("pulses", "plan", "how", "--en", "How?", "--share", "5", "--weekday", "Monday"), "--weekday"),
        (("pulses", "plan", "how", "--en", "How?", "--share", "5", "--timezone", "Tokio"), "--timezone"),
        (("pulses", "plan", "how", "--en", "How?", "--share", "5", "--starts-on", "soon"), "--starts-on"),
        (("pulses", "end", "How?"), "KEY"),
        (("tables", "seat", "e 1"), "EVENT"),
        (("tables", "seat", "e1", "--size", "1"), "--size"),
        (("tables", "move", "e1", "ken", "0"), "TABLE"),
    ],
)
def test_what_is_asked_wrongly_is_named_and_nothing_is_said(said: Said, words: tuple[str, ...], told: str) -> None:
    more = ("--community", "it") if words[0] == "pulses" else ()
    wrong = ekkyo(*words, *more)
    assert wrong.exit_code == 2, wrong.output
    assert told in wrong.output
    assert not [one for one in said if isinstance(one, PlanPulse | EndPulse | SeatTables | MoveSeat)]


def test_tables_are_made_shown_and_changed_by_number(said: Said) -> None:
    made = ekkyo("tables", "seat", "e1", "--size", "2", "--seed", "7")
    assert made.exit_code == 0, made.output
    assert "1  山田 [健], mai" in made.output
    assert [(one.size, one.seed) for one in said if isinstance(one, SeatTables)] == [(2, 7)]
    assert ekkyo("tables", "show", "e1").output == made.output
    moved = ekkyo("tables", "move", "e1", "0001", "2", "--swap-with", "0001")
    assert moved.exit_code == 0, moved.output
    [command] = [one for one in said if isinstance(one, MoveSeat)]
    assert (command.member_id, command.table, command.swap_with) == ("ken", 2, "ken")
    asked = len(said)
    assert json.loads(ekkyo("tables", "show", "e1", "--json").output)["tables"] == [["ken", "mai"], ["far"]]
    assert [type(one) for one in said[asked:]] == [GetTables], "a program gets ids"
