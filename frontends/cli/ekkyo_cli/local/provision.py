"""Provisions the four services in one process: starting Python four times costs more than the work itself.

Run as `python -m ekkyo_cli.local.provision`, with each service's environment as JSON on standard input.
"""

import asyncio
import importlib
import json
import sys

from ekkyo.service.provision import provision as provision_service


async def provision(environments: dict[str, dict[str, str]]) -> None:
    """What `ekkyo-<service> provision` does, for each service after the other."""
    for name, environment in environments.items():
        service = importlib.import_module(f"ekkyo_{name}.app").service
        for found in await provision_service(service, service.settings.load(name, environment)):
            sys.stdout.write(f"{name}: {found}\n")


if __name__ == "__main__":
    asyncio.run(provision(json.load(sys.stdin)))
