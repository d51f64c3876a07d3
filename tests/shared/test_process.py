"""What a process without handlers is built from: settings, log, probes, metrics, doctor, an orderly stop."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from ekkyo.installation.embedded import free_port
from ekkyo.process import stopping
from ekkyo.process.http import listening
from ekkyo.testing import Nats, eventually
from ekkyo.testing.keys import Keys
from ekkyo.testing.waiting import run_out

LOOKER = Path(__file__).parent / "looker.py"


@pytest.fixture
def environ(nats: Nats, keys: Keys) -> dict[str, str]:
    values = {
        "nats_url": nats.url,
        "nats_user": "surveys",
        "nats_nkey_file": nats.seed("surveys"),
        "http_port": free_port(),
        "stop_seconds": 1,
        "keys_file": keys.jwks_file,
    }
    rest = {name: value for name, value in os.environ.items() if not name.startswith(("EKKYO_", "OTEL_"))}
    return rest | {f"EKKYO_{name.upper()}": str(value) for name, value in values.items()}


def run(environ: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, str(LOOKER), *command]
    return subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=60, check=False)


def start(environ: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as out:
        return subprocess.Popen([sys.executable, str(LOOKER), "serve"], env=environ, stdout=out, stderr=out)


async def test_a_process_without_handlers_serves_probes_and_stops_in_order(environ, nats, tmp_path):
    nats.server.stop()
    url, log = f"http://127.0.0.1:{environ['EKKYO_HTTP_PORT']}", tmp_path / "log"
    process = start(environ, log)
    try:
        async with httpx.AsyncClient(base_url=url) as http:

            async def status(of: int) -> bool:
                try:
                    return (await http.get("/readyz")).status_code == of
                except httpx.TransportError:
                    return False

            await eventually(lambda: status(503), timeout=30)
            assert (await http.get("/livez")).status_code == 200
            missing = (await http.get("/readyz")).json()["missing"]
            assert missing == {"service": "waits for NATS", "nats": "not connected"}
            nats.server.start()
            await eventually(lambda: status(200), timeout=30)
            metrics = (await http.get("/metrics")).text
        assert "ekkyo_ready 1.0" in metrics
        assert 'ekkyo_service_info{service="looker"' in metrics
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["event"] for line in lines if line["event"] != "not ready: trying again until it works"] == [
        "loaded",
        "started",
        "ready",
        "pages left",
        "stopping: a step failed, the next one begins",
        "stopping: a step took too long and was cancelled, the next one begins",
        "nats left",
        "stopped",
    ]
    assert {line["service"] for line in lines} == {"looker"}
    assert [line["what"] for line in lines if line["event"].startswith("stopping")] == ["pages", "hanging"]
    assert lines[0]["foreign"] == []
    assert lines[-1]["seconds"] >= 1


async def test_the_steps_of_a_stop_share_its_seconds(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(stopping, "time", SimpleNamespace(monotonic=lambda: clock[0]))

    async def works_for_most_of_it() -> None:
        clock[0] = 9.5

    async def hangs() -> None:
        await asyncio.Event().wait()

    async def hangs_until_the_end() -> None:
        clock[0] = 10.0
        await hangs()

    steps = [("works", works_for_most_of_it), ("hangs", hangs_until_the_end), ("hangs too", hangs)]
    with run_out() as waited:
        await stopping.stop_in_order(steps, 10)
    assert waited == [pytest.approx(0.5, abs=0.05), pytest.approx(stopping.LEAST, abs=0.05)]


def test_the_doctor_of_a_process_without_handlers_looks_at_settings_nats_and_keys(environ):
    found = {each["check"]: each for each in json.loads(run(environ, "doctor", "--json").stdout)["looker"]}
    assert {"settings", "nats", "nats version", "nats permissions", "keys"} <= set(found)
    assert [each for each in found.values() if each["state"] == "wrong"] == []
    wrong = run(environ | {"EKKYO_NATS_NKEY_FILE": "", "EKKYO_NATS_PASSWORD": "not-the-one"}, "doctor")
    assert wrong.returncode == 1
    assert "NATS does not let surveys in" in wrong.stdout


def test_an_answer_waits_for_nothing_on_a_connection_that_is_kept():
    """Otherwise each but the first takes 40 ms, until the reader's system acknowledges the headers."""
    with listening("127.0.0.1", 0) as at, socket.create_connection(at.getsockname()):
        came, _ = at.accept()
        with came:
            assert came.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_its_settings_want_no_database_and_no_keys_of_callers(environ):
    del environ["EKKYO_NATS_URL"]
    done = run(environ | {"EKKYO_MONGO_URL": "mongodb://127.0.0.1/"}, "serve")
    assert done.returncode == 2
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["EKKYO_MONGO_URL", "EKKYO_NATS_URL"]
