"""What an account may import from another one: NATS takes no configuration that would let one account into another."""

import subprocess
from pathlib import Path

import pytest
from ekkyo.installation.embedded import script
from ekkyo.installation.login import make_nkey
from ekkyo.installation.permissions import USERS, server_config

from tests.abuse.walls import HR, SEATS

REFUSED = (
    *(f'service: {{ account: "{HR.account}", subject: "$JS.API.{call}" }}' for call in (">", "STREAM.INFO.FACTS")),
    *(f'stream: {{ account: "{HR.account}", subject: "{subject}" }}' for subject in (">", "_INBOX.>")),
    *(
        f'service: {{ account: EKKYO, subject: "{subject}" }}'
        for subject in (
            "$JS.API.>",
            "$JS.ACK.>",
            f"$JS.API.CONSUMER.RESET.FACTS.{HR.account}",
            "$JS.API.CONSUMER.RESET.FACTS.*",
            f"$JS.FC.FACTS.{HR.account}.>",
            "$KV.SURVEY_KEYS.*",
            "$SRV.>",
            "ekkyo.fact.events.published.x",
            "ekkyo.system.>",
        )
    ),
    *(
        f'stream: {{ account: EKKYO, subject: "{subject}" }}'
        for subject in (
            f"ekkyo.mirror.{HR.account}",
            "ekkyo.mirror.*",
            "ekkyo.fact.members.>",
            "ekkyo.fact.>",
            "ekkyo.dead.>",
            "$JS.EVENT.ADVISORY.>",
            "_INBOX.>",
            "_R_.>",
        )
    ),
)
"""The mirror of another system and what feeds it, its JetStream, its replies; and what is the services' own."""


def loaded(tmp_path: Path, wanted: str) -> str:
    """What nats-server says of a configuration with one more account, which imports what is wanted."""
    nkeys = {user: [make_nkey()[1]] for user in USERS}
    text = server_config({}, nkeys=nkeys, store_dir=tmp_path / "jetstream", name="imports", systems=(HR, SEATS))
    user = '{ user: other, password: "other" }'
    account = f'"system-other" {{ imports: [ {{ {wanted} }} ], users: [ {user} ] }}'
    file = tmp_path / "nats.conf"
    file.write_text(f"{text.rstrip().removesuffix('}')}{account}\n}}\n")
    done = subprocess.run([script("nats-server"), "-t", "-c", str(file)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("wanted", REFUSED)
def test_no_account_imports_what_is_anothers(tmp_path: Path, wanted: str) -> None:
    assert "import not authorized" in loaded(tmp_path, wanted)


@pytest.mark.parametrize("kind", ["stream", "service"])
def test_an_account_of_another_team_imports_what_is_meant_for_it(tmp_path: Path, kind: str) -> None:
    subject = {"stream": "ekkyo.fact.events.>", "service": "ekkyo.ask.events.>"}[kind]
    assert "is valid" in loaded(tmp_path, f'{kind}: {{ account: EKKYO, subject: "{subject}" }}')
