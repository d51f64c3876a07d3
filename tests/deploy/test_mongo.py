"""Users and roles of the databases. The database that tests run on has no users: the roles are read, not tried."""

import re
from pathlib import Path

import pytest
from ekkyo.installation.permissions import SERVICES
from ekkyo.store.driver import Database

SCRIPT = (Path(__file__).resolve().parents[2] / "deploy/mongo/users.js").read_text()


def actions(role: str) -> set[str]:
    [found] = re.findall(rf'role: "{role}",\s+privileges: \[.*?actions: \[(.*?)\]', SCRIPT, re.DOTALL)
    return set(re.findall(r'"(\w+)"', found))


def test_a_running_service_makes_no_index_and_provision_reads_no_document():
    assert actions("serve") == {"find", "insert", "update", "remove", "listIndexes"}
    assert actions("provision") == {"createCollection", "createIndex", "listCollections", "listIndexes"}


def test_every_service_has_its_two_users():
    [services] = re.findall(r"for \(const service of \[(.*?)\]", SCRIPT)
    assert set(re.findall(r'"(\w+)"', services)) == set(SERVICES)
    assert '[[service, "serve"], [`${service}-provision`, "provision"]]' in SCRIPT


@pytest.mark.parametrize("driver", ["motor", "pymongo"])
async def test_what_is_written_and_read_a_majority_has_unless_the_url_says_otherwise(driver):
    for url, write, read in (
        ("mongodb://127.0.0.1:1/", "majority", "majority"),
        ("mongodb://127.0.0.1:1/?w=1&readConcernLevel=local", 1, "local"),
    ):
        database = Database.open(url, "test", driver)
        assert database.concerns == (write, read)
        await database.close()
