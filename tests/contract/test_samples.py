"""Every fact ever published can still be read. A sample is never changed and never deleted."""

import json
from pathlib import Path

import pytest
from ekkyo import wire
from ekkyo.docs.generate import samples, shape
from ekkyo.docs.messages import messages

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
FACTS = {m.name: m for m in messages() if m.kind == "fact"}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/*.json")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_an_old_sample_is_still_read(path: Path) -> None:
    told = json.loads(path.read_text("utf-8"))
    fact = wire.read_fact(told["subject"], told["headers"], json.dumps(told["data"]).encode(), sequence=1)
    assert fact.meta.type == f"ekkyo.{path.parent.name}"
    assert fact.entity_id == told["subject"].rpartition(".")[2]
    kept = json.loads(fact.model_dump_json())
    for field in shape(told["data"]) - shape(kept):
        pytest.fail(f"{field} was published and is no longer read")


def test_every_fact_has_a_sample_and_every_sample_a_fact() -> None:
    assert {p.parent.name for p in SAMPLES.glob("*/*.json")} == set(FACTS)


def test_a_fact_that_gains_a_field_gets_a_sample_more_and_keeps_the_old_one(tmp_path: Path) -> None:
    fact = FACTS["surveys.closed"]
    [(first, text)] = samples(tmp_path, fact).items()
    told = json.loads(text)
    del told["data"]["results"]["themes"]
    first.write_text(old := json.dumps(told), "utf-8")
    grown = samples(tmp_path, fact)
    assert [path.name for path in grown] == ["1.json", "2.json"]
    assert grown[first] == old
