"""A service as a process of its own: its console command, its signals, its exit codes."""

import json
import os
import signal
import subprocess
from pathlib import Path

import httpx
import pytest
from ekkyo.installation.embedded import free_port, script
from ekkyo.service import Settings
from ekkyo.service.provision import provision as provision_service
from ekkyo.testing import eventually
from ekkyo_events.app import service


def start(environ: dict[str, str], command: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            [script("ekkyo-events"), command], env={**path(), **environ}, stdout=out, stderr=out, start_new_session=True
        )


def path() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("EKKYO_")}


def as_ops(environ: dict[str, str], seed: str) -> dict[str, str]:
    return {**environ, "EKKYO_NATS_USER": "ops", "EKKYO_NATS_NKEY_FILE": seed}


def provision(environ: dict[str, str], timeout: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script("ekkyo-events"), "provision"],
        env={**path(), **environ},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


async def status(port: int, probe: str) -> int:
    try:
        async with httpx.AsyncClient() as http:
            return (await http.get(f"http://127.0.0.1:{port}{probe}", timeout=5)).status_code
    except httpx.TransportError:
        return 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_until_it_is_told_to_stop(nats, environment, tmp_path, number):
    port = free_port()
    environ = environment("events", http_port=port)
    await provision_service(service, Settings.load("events", as_ops(environ, str(nats.seed("ops")))))
    process = start(environ, "serve", tmp_path / "log")
    try:

        async def ready() -> bool:
            return await status(port, "/readyz") == 200

        await eventually(ready, timeout=30)
        process.send_signal(number)
        assert process.wait(30) == 0
    finally:
        process.kill()
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [line["event"] for line in lines if line["event"] in ("started", "ready", "stopped")] == [
        "started",
        "ready",
        "stopped",
    ]
    assert all(line["service"] == "events" for line in lines)
    for secret in (nats.seed("events").read_text(), nats.seed("ops").read_text()):
        assert secret not in (tmp_path / "log").read_text()


async def test_it_is_alive_and_says_what_it_waits_for_while_nats_is_down(environment, nats, tmp_path):
    port = free_port()
    environ = environment("events", http_port=port)
    nats.server.kill()
    process = start(environ, "serve", tmp_path / "log")
    try:

        async def alive() -> bool:
            return await status(port, "/livez") == 200

        await eventually(alive, timeout=30)
        assert await status(port, "/readyz") == 503
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()


def test_provisioning_with_nats_down_says_so_and_exits_1(environment, nats):
    nats.server.kill()
    done = provision(as_ops(environment("events"), str(nats.seed("ops"))))
    assert done.returncode == 1
    assert done.stderr.startswith("NATS: ")
    assert nats.seed("ops").read_text() not in done.stderr


def test_provisioning_tells_what_it_made(environment, nats):
    done = provision(as_ops(environment("events"), str(nats.seed("ops"))))
    assert done.returncode == 0, done.stderr
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert ["stream", "FACTS", "as wanted"] in lines
    assert ["consumer", "TIMERS/events-due-reminder", "made"] in lines


def test_a_broken_keys_file_is_told_at_start(environment, nats, tmp_path):
    broken = tmp_path / "jwks.json"
    broken.write_text("no json")
    done = subprocess.run(
        [script("ekkyo-events"), "serve"],
        env={**path(), **environment("events", jwks_file=broken)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("EKKYO_JWKS_FILE is wrong")
