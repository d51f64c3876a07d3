"""docs/refusals.md lists what each command and question may be refused with: all of it, and no more."""

import ast
from pathlib import Path

import pytest
from ekkyo.contracts import COMMANDS, OWNERS, QUESTIONS
from ekkyo.contracts.base import name_of
from ekkyo.contracts.events import RegisterForEvent
from ekkyo.docs import catalogue
from ekkyo.docs.asyncapi import asyncapi
from ekkyo.docs.source import Source, raised
from ekkyo.store.declarations import taken

SERVICES = Path(__file__).parents[2] / "services"
ELSEWHERE: dict[str, set[str]] = {owner: set() for owner in OWNERS}
"""Codes that a service raises and no command or question can be refused with, such as those of reactions alone."""
ASKED = sorted(name_of(m) for m in (*COMMANDS.values(), *QUESTIONS.values()))


def test_the_catalogue_has_every_command_and_question() -> None:
    assert sorted(catalogue.refusals(SERVICES)) == ASKED
    page = catalogue.page(SERVICES)
    assert all(f"| `{name}` |" in page for name in ASKED)


@pytest.mark.parametrize("owner", OWNERS)
def test_every_code_that_a_service_raises_is_in_the_catalogue(owner: str) -> None:
    files = [p for p in (SERVICES / owner / f"ekkyo_{owner}").rglob("*.py") if "channels" not in p.parts]
    in_source = {r.code for path in files for r in raised(ast.parse(path.read_text("utf-8")))}
    listed = {
        code for name, codes in catalogue.codes(SERVICES).items() if name.startswith(f"{owner}.") for code in codes
    }
    assert in_source - listed - {r.code for r in catalogue.common()} == ELSEWHERE[owner]


def test_the_codes_of_a_command_are_those_of_its_handler_its_decision_and_the_store() -> None:
    codes = catalogue.codes(SERVICES)
    states = ["event_cancelled", "event_concluded", "event_not_found", "event_not_published"]
    assert codes["events.conclude"] == [*states, "event_not_started"]
    assert set(codes["members.register"]) >= {"email_taken", "member_erased", "member_exists", "number_taken"}
    assert "member_erased" not in codes["members.import"], "the row says so, not the reply"
    assert codes["notify.status"] == []
    assert codes["events.revise_output"] == ["output_gone", "output_not_found"], "`revise` under another name"
    assert "output_gone" not in codes["events.revise"], "another function of this name"


def test_no_rule_refuses_with_a_status_after_which_clients_say_it_again() -> None:
    rows = [line.split(" | ") for line in catalogue.page(SERVICES).splitlines() if line.startswith("| `")]
    again = {row[0].strip("| `") for row in rows if len(row) == 3 and row[1] in ("429", "503")}
    assert again == {"too_many_requests", "unavailable"}


def test_what_is_common_to_all_is_told_once() -> None:
    common = {(r.code, r.status) for r in catalogue.common()}
    assert {("malformed", 400), ("token_missing", 401), ("not_allowed", 403), ("too_many_requests", 429)} <= common
    assert {("unexpected", 500), ("unavailable", 503), ("too_large", 400)} <= common
    assert not {code for code, _ in common} & {c for codes in catalogue.codes(SERVICES).values() for c in codes}


def test_every_code_has_a_text_and_a_text_for_a_taken_value_names_the_field() -> None:
    rows = [line.split(" | ") for line in catalogue.page(SERVICES).splitlines() if line.startswith("| `")]
    texts = {code.strip("| `"): text.strip(" |") for code, status, text in (row for row in rows if len(row) == 3)}
    assert len(texts) > 70
    assert [code for code, text in texts.items() if not text] == []
    assert {texts["email_taken"], texts["number_taken"]} == {taken("email"), taken("number")}
    assert "uses <…>" in texts["logo_not_plain"], "a text in a variable is read too"


def test_asyncapi_names_the_codes_of_each_operation() -> None:
    operations = asyncapi(catalogue.codes(SERVICES))["operations"]
    name = name_of(RegisterForEvent)
    assert operations[name]["x-ekkyo-refusals"] == catalogue.codes(SERVICES)[name]


def test_a_code_behind_several_functions_is_found_and_one_that_is_caught_is_not(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(
        "def close(survey):\n    _must_be_open(survey)\n"
        "def _must_be_open(survey):\n    raise Refused('survey_closed', f'It closed {survey.at}.')\n"
        "def leads(who):\n    try:\n        _led(who)\n    except Refused:\n        return False\n"
        "def _led(who):\n    raise Refused('not_led', 'No.', 403)\n"
        "def other():\n    raise Refused('other', 'Not reached.')\n"
    )
    (tmp_path / "store.py").write_text(
        "surveys = Collection.of(Survey, 'surveys', indexes=[Index('name', unique=True, name='name')])\n"
        "Surveys = Annotated[Collection[Survey], Context('surveys')]\n"
    )
    (tmp_path / "commands.py").write_text(
        "@router.subscriber(**asked(CloseSurvey))\n"
        "async def handle(cmd: CloseSurvey, surveys: Surveys):\n"
        "    other = 1\n"
        "    return await surveys.change(cmd.id, lambda s: model.close(s) if model.leads(cmd) else other)\n"
    )
    source = Source.of(tmp_path)
    found = source.reached(source.handlers["CloseSurvey"], {"name"})
    assert {(r.code, r.status) for r in found} == {
        ("name_taken", 409), ("survey_closed", 409), ("survey_not_found", 404),
    }  # fmt: skip
    assert "It closed …." in {r.detail for r in found}
    assert "name_taken" not in {r.code for r in source.reached(source.handlers["CloseSurvey"], {"id"})}
