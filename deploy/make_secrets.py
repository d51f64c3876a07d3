"""Write what docker-compose needs and nobody should choose: passwords into .env, signing keys into deploy/keys/.

`python deploy/make_secrets.py`. Said again it adds what is missing and leaves what is there.
"""

import base64
import json
import os
import secrets
import sys
from pathlib import Path

from ekkyo.auth import make_keys
from ekkyo.permissions import SERVICES, USERS

ROOT = Path(__file__).resolve().parent.parent


def password() -> str:
    """Begins with a letter: nats-server takes a variable that looks like a number for one."""
    return "p" + secrets.token_hex(20)


def wanted() -> dict[str, str]:
    nats = {f"NATS_PASSWORD_{user.upper()}": password() for user in USERS}
    mongo = {f"MONGO_PASSWORD_{service.upper()}": password() for service in SERVICES}
    key = base64.b64encode(secrets.token_bytes(96)).decode()
    return {**nats, **mongo, "MONGO_PASSWORD_ROOT": password(), "MONGO_KEY": key}


def write_private(file: Path, text: str) -> None:
    """Readable by its owner alone, from its first moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
    new.replace(file)


def main(root: Path = ROOT) -> None:
    env = root / ".env"
    lines = env.read_text().splitlines() if env.exists() else []
    there = {line.partition("=")[0] for line in lines}
    added = [f"{name}={value}" for name, value in wanted().items() if name not in there]
    if added:
        write_private(env, "\n".join([*lines, *added, ""]))
    keys = root / "deploy" / "keys"
    if not (keys / "signing.jwk").exists():
        private, public = make_keys()
        write_private(keys / "signing.jwk", json.dumps(private))
        (keys / "jwks.json").write_text(json.dumps(public))
        (keys / "jwks.json").chmod(0o644)
    sys.stdout.write(f"{len(added)} secrets added to {env.name}; keys in {keys.relative_to(root)}\n")


if __name__ == "__main__":
    main()
