"""The local stack when it is stopped, or its supervisor is killed. It comes back with all it had."""

import os
import re
import signal
import subprocess
from pathlib import Path

from ekkyo.installation.embedded import script

from tests.cli.running import Stack, wait_until
from tests.cli.small_season import COMMUNITY


def test_after_the_supervisor_was_killed_it_starts_again_with_all_it_had(season: Stack) -> None:
    before = season.folder.state()
    assert before
    with season.up_again():
        os.kill(before.supervisor.pid, signal.SIGKILL)
        wait_until(lambda: not season.folder.running)
        assert season.ekkyo("status", "--json").code == 3
        again = season.up()
    assert not any(part.process.alive for part in before.parts.values() if part.process)
    assert again.json["ports"] == {name: part.port for name, part in before.parts.items()}
    assert again.json["new_members"] == {"locale": None, "timezone": None}
    assert season.ekkyo("call", "events.get", "--json", '{"event_id": "first"}').json["attended"] == 6
    assert season.ekkyo("report", "--community", COMMUNITY, "--check", "--json").code == 0
    assert "give the same figures" in season.ekkyo("report", "--community", COMMUNITY, "--check").out


def test_down_stops_everything_and_is_safe_to_say_twice(season: Stack) -> None:
    before = season.folder.state()
    assert before
    with season.up_again():
        assert season.ekkyo("down", "--json", within=120).json["stopped"] is True
        assert not any(part.process.alive for part in before.parts.values() if part.process)
        assert season.ekkyo("down", "--json").json["stopped"] is False
        asked = season.ekkyo("call", "events.list")
        assert (asked.code, asked.json["code"]) == (3, "stack_not_running")


def test_ctrl_c_stops_what_was_started_in_the_foreground(tmp_path: Path) -> None:
    own = Stack(tmp_path)
    running = subprocess.Popen(
        [script("ekkyo"), "up"],
        cwd=own.home,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # who runs tests in the background ignores it
    )
    try:
        assert running.stdout
        assert any("Ready" in line for line in running.stdout)
        told = next(filter(None, (re.match(r"The portal is at (\S+); ekkyo open", line) for line in running.stdout)))
        assert any(line.startswith("events") and " ready " in line for line in running.stdout), "from the beginning"
        state = own.folder.state()
        assert state
        assert told[1] == f"http://127.0.0.1:{state.web}"
        assert all(part.process and part.process.alive for part in state.parts.values())
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
        assert running.returncode == 0, own.folder.log("supervisor").read_text()[-2000:]
        assert [name for name, part in state.parts.items() if part.process and part.process.alive] == []
        assert not own.folder.running
    finally:
        running.kill()
        own.ekkyo("down")
