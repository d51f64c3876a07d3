"""The draw: the same for everybody who repeats it, and fair."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from ekkyo.decision.draw import Entrant, Wanted, canonical, commitment, digest, order, placed, ticket
from ekkyo.decision.places import Room
from hypothesis import given
from hypothesis import strategies as st

from tests.needing import needed

DOCUMENT = (Path(__file__).parents[2] / "docs" / "wire.md").read_text("utf-8")
SEED = "5eed" * 16
UNITS = st.lists(
    st.sampled_from(["a", "b", "A", "0", "10", "9", "-x", "_", "a-b", "a_b", "Zz", "group-1", "0192f0c1"]),
    min_size=1,
    unique=True,
)
SEATS = st.tuples(
    st.sampled_from([None, "online"]), st.lists(st.frozensets(st.integers(0, 3), max_size=2), min_size=1, max_size=5)
).map(lambda made: tuple(Wanted(made[0], tuple(sorted(quotas))) for quotas in made[1]))
ENTRANTS = UNITS.flatmap(
    lambda units: st.tuples(
        *(st.builds(Entrant, st.just(unit), weight=st.integers(1, 4), seats=SEATS) for unit in units)
    )
)

NODE = """
const { createHash, createHmac } = require("crypto");
const { seed, lines, event, draw } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const hashed = createHash("sha256").update(lines.map((line) => line + "\\n").join("")).digest("hex");
const best = lines.map((line) => {
  const [unit, weight] = line.split(" ");
  const tickets = Array.from({ length: Number(weight) }, (_, n) =>
    createHmac("sha256", seed + hashed).update(`${event}/${draw}/${unit}/${n + 1}`).digest("hex"));
  return [tickets.sort()[0], unit];
});
best.sort((a, b) => (a[0] + a[1] < b[0] + b[1] ? -1 : 1));
console.log(JSON.stringify({ hashed, order: best.map(([, unit]) => unit) }));
"""


@given(ENTRANTS)
def test_an_entrant_is_read_from_its_line(entrants: tuple[Entrant, ...]) -> None:
    for line, entrant in zip(canonical(entrants), sorted(entrants, key=lambda one: one.line), strict=True):
        read = Entrant.read(line)
        assert (read.line, read.unit, read.weight) == (line, entrant.unit, entrant.weight)
        assert sorted(read.seats, key=repr) == sorted(entrant.seats, key=repr)


NO_LINES = ["", "a", "a 0", "a 01", "a 1 ", " a 1", "a 1 size=1", "a 1 size=02", "a 1 online ", "a 1 quotas=-", "a/b 1"]
NO_LINES += ["a 1\n", "a 1 size=2 quotas=0", "a 1 quotas=1+0", "a 1 online size=2"]


@pytest.mark.parametrize("line", NO_LINES)
def test_a_line_in_another_form_is_no_entrant(line: str) -> None:
    with pytest.raises(ValueError, match="canonical"):
        Entrant.read(line)


@pytest.mark.parametrize("lines", [["b 1", "a 1"], ["a 1", "a 1"], ["a 1", "a 2"]])
def test_a_list_that_is_not_sorted_or_names_somebody_twice_has_no_order(lines: list[str]) -> None:
    with pytest.raises(ValueError, match="canonical"):
        order(SEED, lines, "e", "d")


@given(ENTRANTS, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_who_wrote_the_list(entrants: tuple[Entrant, ...], chance) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(entrants)
    chance.shuffle(shuffled)
    lines = canonical(shuffled)
    assert lines == canonical(entrants)
    drawn = order(SEED, lines, "e", "d")
    assert sorted(drawn) == sorted(one.unit for one in entrants)


def test_who_adds_an_entrant_changes_every_ticket() -> None:
    few, more = ["a 1", "b 1"], ["a 1", "b 1", "c 1"]
    assert digest(few) != digest(more)
    assert ticket(SEED, digest(few), "e", "d", "a") != ticket(SEED, digest(more), "e", "d", "a")


def test_who_weighs_three_comes_before_who_weighs_one_three_times_in_four() -> None:
    lines = ["heavy 3", "light 1"]
    first = sum(order(SEED, lines, "e", f"draw-{n}")[0] == "heavy" for n in range(2_000))
    assert 0.72 < first / 2_000 < 0.78


@given(ENTRANTS, st.integers(0, 20), st.integers(0, 10))
def test_who_is_passed_over_would_not_have_fitted(entrants: tuple[Entrant, ...], onsite: int, online: int) -> None:
    lines = canonical(entrants)
    drawn = order(SEED, lines, "e", "d")
    gone = {entrants[0].unit}
    got = placed(drawn, lines, Room(onsite, online), but=gone)
    needs = {one.unit: (one.seats[0].attend, len(one.seats)) for one in entrants}
    left: dict[str | None, int] = {None: onsite, "online": online}
    for unit in drawn:
        where, size = needs[unit]
        if unit in got:
            left[where] -= size
        elif unit not in gone:
            assert size > left[where]
    assert min(left.values()) >= 0
    assert not gone & set(got)


# docs/wire.md


def worked() -> tuple[str, list[tuple[str, str]]]:
    """The worked example: the program, and what it prints."""
    [program] = re.findall(r"```sh\n(SEED=.*?)```", DOCUMENT, re.DOTALL)
    return program, re.findall(r"^(.*?)\s+# ([0-9a-f]{64})$", program, re.MULTILINE)


def said(name: str) -> str:
    found = re.search(rf"^{name}=(\S+)$", worked()[0], re.MULTILINE)
    assert found
    return found[1]


def test_the_worked_example_is_right() -> None:
    program, results = worked()
    seed, event, draw = said("SEED"), said("EVENT"), said("DRAW")
    lines = re.findall(r"^  '(.*?)'", program, re.MULTILINE)
    tickets = [ticket(seed, digest(lines), event, draw, "b1"), ticket(seed, digest(lines), event, draw, "b2")]
    second = ticket(seed, digest(lines), event, draw, "b2", 2)
    assert said("ENTRANTS") == digest(lines)
    assert [value for _, value in results] == [commitment(seed), digest(lines), *tickets, second,
                                               ticket(seed, digest(lines), event, draw, "b3")]  # fmt: skip
    [told] = re.findall(r"The order is ((?:`b\d`(?:, )?)+)", DOCUMENT)
    assert order(seed, lines, event, draw) == re.findall(r"`(b\d)`", told)


def test_openssl_prints_what_the_worked_example_says() -> None:
    bash = needed("bash", missing="needs bash")
    needed("openssl", missing="needs openssl")
    program, results = worked()
    ran = subprocess.run([bash, "-eu", "-c", program], capture_output=True, text=True, check=True)
    assert re.findall(r"\b[0-9a-f]{64}\b", ran.stdout) == [value for _, value in results]


def test_node_draws_the_same_order() -> None:
    node = needed("node", missing="needs Node.js")
    lines = canonical(Entrant(f"unit-{n}", weight=1 + n % 4) for n in range(200))
    given = json.dumps({"seed": SEED, "lines": lines, "event": "e1", "draw": "d1"})
    ran = subprocess.run([node, "-e", NODE], input=given, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == {"hashed": digest(lines), "order": order(SEED, lines, "e1", "d1")}
