"""An image tried as it is deployed: its files read-only, as the user it names, with servers of the trial's own."""

import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from ekkyo.installation.embedded import free_port, start_mongo
from ekkyo.testing.keys import Keys
from ekkyo.testing.nats import Nats

INSIDE = r"""
set -e
mount --make-rprivate /
mount --bind "$0" "$0"
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
mount -t tmpfs tmpfs "$0/tmp"
mount -t tmpfs tmpfs "$0/run"
mkdir "$0/run/ekkyo" && mount --bind "$1" "$0/run/ekkyo"
mount -o remount,bind,ro "$0"
shift
exec chroot "$0" /usr/bin/setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --bounding-set=-all \
  --inh-caps=-all "$@"
"""
"""What an engine does for `read_only: true`, `cap_drop: [ALL]`, `no-new-privileges` and a tmpfs on /tmp."""
WITHIN = 30.0
"""Seconds in which a service has to be ready, and to stop."""


class Failed(Exception):
    """An image did not do what it is for."""


class Trial:
    """One image, by the folder of its files and its configuration."""

    def __init__(self, name: str, root: Path, config: dict[str, Any]) -> None:
        self.name, self.root, self.config = name, root, config
        self.settings: dict[str, str] = {}

    async def run(self) -> str:
        """What came of it. Raises Failed."""
        with tempfile.TemporaryDirectory(prefix="ekkyo-image-") as folder:
            self.files = Path(folder) / "files"
            self.files.mkdir(mode=0o755)
            if self.name == "cli":
                return self.say("--version")
            os.chmod(folder, 0o711)  # noqa: S103 - the image's user walks through, and reads nothing
            nats, mongo = await Nats.start(Path(folder) / "nats"), start_mongo(Path(folder) / "mongo")
            try:
                return self.serve(nats, mongo.url)
            finally:
                nats.stop()
                mongo.stop()

    def say(self, *words: str) -> str:
        """What the entry point prints. Raises Failed."""
        done = subprocess.run(  # noqa: S603
            self.command(*words), capture_output=True, text=True, env=self.environ(), timeout=60
        )
        if done.returncode:
            raise Failed(f"{self.name} {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def serve(self, nats: Nats, mongo_url: str) -> str:
        """Provisioned, started, asked for its health, and stopped."""
        keys = Keys.make(self.files)
        keys.jwks_file.chmod(0o644)
        port = free_port()
        self.settings = {
            "EKKYO_NATS_URL": nats.url,
            "EKKYO_MONGO_URL": mongo_url,
            "EKKYO_JWKS_FILE": f"/run/ekkyo/{keys.jwks_file.name}",
            "EKKYO_HTTP_PORT": str(port),
        }
        if self.name == "portal":
            del self.settings["EKKYO_MONGO_URL"]
            self.settings |= self.of_a_portal(keys)
        if self.name == "notify":
            self.settings |= {"EKKYO_SMTP_URL": "smtp://127.0.0.1:25", "EKKYO_MAIL_FROM": "no-reply@ekkyo.example.com"}
        if self.name != "portal":
            self.settings |= {"EKKYO_NATS_USER": "ops", "EKKYO_NATS_NKEY_FILE": self.seed(nats, "ops")}
            self.say("provision")
        self.settings |= {"EKKYO_NATS_USER": self.name, "EKKYO_NATS_NKEY_FILE": self.seed(nats, self.name)}
        began = time.monotonic()
        log = self.files.parent / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(  # noqa: S603
                self.command(*self.config["Cmd"]), stdout=out, stderr=out, env=self.environ(), start_new_session=True
            )
        try:
            while not _ready(port):
                if process.poll() is not None or time.monotonic() - began > WITHIN:
                    raise Failed(f"{self.name} is not ready:\n{log.read_text()[-4000:]}")
                time.sleep(0.05)
            took = time.monotonic() - began
            kind, *probe = self.config["Healthcheck"]["Test"]
            asked = self.inside(*probe)
            healthy = subprocess.run(asked, env=self.environ(), capture_output=True, timeout=20)  # noqa: S603
            if kind != "CMD" or healthy.returncode:
                raise Failed(f"{self.name} is not healthy: {healthy.stderr.decode()[-2000:]}")
            process.send_signal(signal.SIGTERM)
            if code := process.wait(WITHIN):
                raise Failed(f"{self.name} stopped with {code}:\n{log.read_text()[-4000:]}")
        finally:
            process.kill()
        first = "" if self.name == "portal" else "provisioned, "
        return f"{first}ready after {took:.1f} s, healthy, stopped with 0; read-only, as user 10001"

    def of_a_portal(self, keys: Keys) -> dict[str, str]:
        """The portal's own keys, and where it serves pages."""
        (self.files / "portal.jwk").write_text(json.dumps(keys.private))
        (self.files / "session.key").write_text("k" * 40)
        return {
            "EKKYO_PORTAL_URL": "https://ekkyo.example.com",
            "EKKYO_WEB_PORT": str(free_port()),
            "EKKYO_PORTAL_KEY_FILE": "/run/ekkyo/portal.jwk",
            "EKKYO_SESSION_KEY_FILE": "/run/ekkyo/session.key",
        }

    def seed(self, nats: Nats, user: str) -> str:
        """A user's seed where the image's own user can read it, and its place as the image sees it."""
        (self.files / f"{user}.nk").write_bytes(nats.seed(user).read_bytes())
        return f"/run/ekkyo/{user}.nk"

    def command(self, *words: str) -> list[str]:
        return self.inside(*self.config["Entrypoint"], *words)

    def inside(self, *words: str) -> list[str]:
        return ["unshare", "--mount", "sh", "-c", INSIDE, str(self.root), str(self.files), *words]

    def environ(self) -> dict[str, str]:
        """The image's own environment and what it is given; nothing of ours."""
        own = dict(item.split("=", 1) for item in self.config["Env"])
        return own | self.settings


def _ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(json.load(answer).get("ready", answer.status == 200))
    except (URLError, OSError, ValueError):
        return False
