"""What people read is true: links lead somewhere, names in it exist, examples run."""

import ast
import asyncio
import re
import shlex
import subprocess
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import indent
from typing import Any

import ekkyo_events.app
import ekkyo_members.app
import pytest
import typer
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import DraftEvent, EventDetails, PublishEvent
from ekkyo.contracts.members import Profile, RegisterMember
from ekkyo.testing import Nats
from ekkyo.testing.plugin import ClientAs, Run, Token
from ekkyo_cli.main import app

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = {".venv", ".ekkyo", ".git", "node_modules", ".pytest_cache", ".hypothesis"}
PAGES = [page for page in sorted(ROOT.rglob("*.md")) if not HIDDEN & set(page.relative_to(ROOT).parts)]
DECISIONS = sorted(page for page in (ROOT / "docs/decisions").glob("*.md") if page.name != "README.md")
SENTENCES = {
    "subjects",
    "document-entries-and-pending",
    "grouped-writes",
    "motor",
    "embedded-database",
    "anonymity",
    "faststream",
}


def prose(page: Path) -> str:
    """The text without its examples."""
    return re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Headings as the usual hosts turn them into anchors."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!\w+:)([^)\s]+)\)", prose(page)):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize(
    "name", ["README.md", "README.ja.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/wire.md"]
)
def test_the_page_is_there(name: str) -> None:
    assert len((ROOT / name).read_text("utf-8")) > 300


def test_architecture_names_files_that_exist() -> None:
    text = prose(ROOT / "ARCHITECTURE.md")
    named = set(re.findall(r"`([\w/.-]+/[\w.-]+\.(?:py|md|json|conf))`", text))
    assert len(named) >= 10
    places = [ROOT, ROOT / "shared/ekkyo"]
    assert [name for name in sorted(named) if not any((place / name).exists() for place in places)] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_one_page_that_ends_in_when_to_think_again(page: Path) -> None:
    text = page.read_text("utf-8").strip()
    assert len(text.splitlines()) <= 80
    assert re.match(r"\*?Revisit when", text.split("\n\n")[-1]), text.split("\n\n")[-1]


def test_the_index_of_decisions_lists_each() -> None:
    assert {page.stem for page in DECISIONS} >= SENTENCES
    listed = re.findall(r"\]\(([\w-]+)\.md\)", (ROOT / "docs/decisions/README.md").read_text("utf-8"))
    assert sorted(listed) == [page.stem for page in DECISIONS]


def test_make_has_what_the_pages_say_and_ci_runs_it() -> None:
    helped = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^  make (\S+)", helped, re.MULTILINE))
    assert {"help", "demo", "up", "test", "lint", "bench", "docs"} <= targets
    for page in PAGES:
        assert set(re.findall(r"`make ([a-z][a-z-]*)`", page.read_text("utf-8"))) <= targets, page
    ci = (ROOT / ".ci/run").read_text()
    assert re.findall(r"^make (\S+)$", ci, re.MULTILINE) == ["browser", "lint", "docs-check", "test"]
    assert "$ make test" in (ROOT / "README.md").read_text("utf-8")
    recipe = subprocess.run(["make", "-n", "lint"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for step in ("ruff check .", "ruff format --check .", "mypy", "lint-imports", "test_layout.py"):
        assert step in recipe


def test_every_command_of_the_examples_is_one() -> None:
    """Up to its options: what follows is tried in tests/cli."""
    root: Any = typer.main.get_command(app)
    commands: set[str] = set()
    for page in PAGES:
        fenced = "\n".join(blocks(page, "console") + blocks(page, "sh"))
        commands |= set(re.findall(r"(?:^\$ |^|\$\()(ekkyo [^\n#)]+)", fenced, re.MULTILINE))
    assert len(commands) >= 8
    for line in commands:
        found, words = root, shlex.split(line)[1:]
        while words and hasattr(found, "commands"):
            found = found.commands[words.pop(0)]
        known = {option for parameter in found.params for option in parameter.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_every_package_says_the_same_python_and_why_it_needs_what_it_needs() -> None:
    projects = [ROOT / "shared", *(ROOT / "frontends").iterdir(), *(ROOT / "services").iterdir()]
    for folder in projects:
        text = (folder / "pyproject.toml").read_text("utf-8")
        assert tomllib.loads(text)["project"]["requires-python"] == ">=3.11"
        for line in re.findall(r'^    "(?!ekkyo-)[^"]+",.*$', text, re.MULTILINE):
            assert "# " in line, f"{folder.name}: {line.strip()}"


async def test_the_readmes_taste_of_the_client_runs_as_it_stands(
    nats: Nats,
    running: Run,
    client_as: ClientAs,
    token: Token,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    [taste] = blocks(ROOT / "README.md", "python")
    monkeypatch.setenv("EKKYO_NATS_URL", nats.url)
    monkeypatch.setenv("EKKYO_NATS_USER", "outside")
    monkeypatch.setenv("EKKYO_NATS_PASSWORD", nats.passwords["outside"])
    monkeypatch.setenv("EKKYO_TOKEN", token("portal", "system"))
    made: dict[str, object] = {}
    exec(compile(f"async def taste(event, member):\n{indent(taste, '    ')}", "README.md", "exec"), made)
    event, member = new_id(), new_id()
    async with (
        running(ekkyo_members.app.service),
        running(ekkyo_events.app.service),
        client_as("boss", "steward") as steward,
    ):
        profile = Profile(number="1", name="山田 花子", email="hanako@example.com", department="営業部")
        await steward.send(RegisterMember(member_id=member, profile=profile))
        starts = datetime.now(UTC) + timedelta(days=2)
        times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
        details = EventDetails(title="Spreadsheets", format="online", url_follows=True, capacity=5)
        await steward.send(DraftEvent(event_id=event, community_id="c1", details=details, **times))
        await steward.send(PublishEvent(event_id=event))
        tasting = asyncio.create_task(made["taste"](event, member))  # type: ignore[operator]
        printed = ""
        async with asyncio.timeout(20):
            while "confirmed" not in printed:
                assert not tasting.done(), tasting.exception()
                await asyncio.sleep(0.05)
                printed += capsys.readouterr().out
        tasting.cancel()
        await asyncio.wait([tasting])


def test_both_readmes_have_the_same_examples_and_lead_to_the_same_pages() -> None:
    english, japanese = ROOT / "README.md", ROOT / "README.ja.md"
    code = [
        [ast.dump(ast.parse(f"async def taste():\n{indent(block, '    ')}")) for block in blocks(page, "python")]
        for page in (english, japanese)
    ]
    assert code[0] == code[1]
    said = [
        [shlex.split(line, comments=True) for block in blocks(page, "console") for line in block.splitlines()]
        for page in (english, japanese)
    ]
    assert said[0] == said[1]
    links = [set(re.findall(r"\]\(([^)#]+)", prose(page))) for page in (english, japanese)]
    one, other = ({re.sub(r"\.(ja|en)\b", "", link) for link in found} for found in links)
    assert one == other, "README.md is where the other one leads to, and the other way round"


def test_every_picture_is_small_is_shown_and_is_taken_in_both_languages() -> None:
    pictures = sorted((ROOT / "docs/pictures").glob("*.png"))
    assert len(pictures) >= 4
    shown = "".join(page.read_text("utf-8") for page in PAGES)
    for picture in pictures:
        assert picture.stat().st_size <= 120_000, picture.name
        name, *_ = picture.name.split(".")
        assert f"pictures/{picture.name})" in shown, picture.name
        assert {(picture.parent / f"{name}.{one}.png").exists() for one in ("en", "ja")} == {True}, name
