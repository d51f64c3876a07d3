"""`ekkyo backup` and `ekkyo restore`: saving streams and databases to files, and restoring them."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from ekkyo.contracts.base import Refused
from ekkyo.installation.permissions import SERVICES

from ekkyo_cli import output
from ekkyo_cli.connection import Where
from ekkyo_cli.output import Json

if TYPE_CHECKING:
    from ekkyo_cli.backup.manifest import Manifest

StreamsOnly = Annotated[
    bool,
    typer.Option(
        "--streams-only",
        help="Leave out the databases. Back them up with mongodump or similar while the services are still stopped.",
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--database",
        metavar="SERVICE=NAME",
        help="The name of a service's database, if EKKYO_MONGO_DATABASE sets another one.",
    ),
]


def backup(
    folder: Annotated[Path, typer.Argument(help="The folder to create.")],
    streams_only: StreamsOnly = False,
    database: Names = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Write the streams and the services' databases into a folder, while no service runs.

    Stop the services first, and wait until they have exited; keep NATS and the database running.
    A local stack must be down; the command starts its NATS and database for the duration of the backup. The folder
    holds personal data and addresses of chat channels, so only its owner can read the files. It does not contain the
    installation's keys and passwords.

    Examples:

      ekkyo down && ekkyo backup backups/monday && ekkyo up --detach

      EKKYO_NATS_URL=… EKKYO_NATS_USER=ops EKKYO_NATS_NKEY_FILE=… EKKYO_MONGO_URL_FILE=… ekkyo backup backups/monday
    """
    from ekkyo_cli.backup.manifest import Files  # these take half a second, which other commands need not wait for
    from ekkyo_cli.backup.place import servers
    from ekkyo_cli.backup.taking import back_up

    with servers(dir, databases=not streams_only, names=_names(database), make=False) as found:
        manifest = asyncio.run(back_up(found, Files(folder)))
    if output.speaks_json():
        return output.as_json(_figures(folder, manifest))
    _tables(manifest)
    return output.say(f"[green]Backed up[/] to {folder}. It holds personal data: protect it like the database.")


def restore(
    folder: Annotated[Path, typer.Argument(help="A backup's folder.", exists=True, file_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Remove the current data first.")] = False,
    streams_only: StreamsOnly = False,
    database: Names = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Restore a backup's streams and databases into an empty installation, or replace the current data.

    The whole backup is verified first; nothing is restored from one that is incomplete or was altered. No service may
    run meanwhile, and a local stack must be down. Afterwards, provision each service, which creates the indexes, and
    start them; `ekkyo up` does both. Members who were erased since the backup are restored too: those known from the
    replaced streams are listed in the backup's erased-since.txt, for ekkyo members erase --from.

    Examples:

      ekkyo restore backups/monday --dir .ekkyo/other && ekkyo up --detach --dir .ekkyo/other

      ekkyo restore backups/monday --replace
    """
    from ekkyo_cli.backup.manifest import Files
    from ekkyo_cli.backup.place import servers
    from ekkyo_cli.backup.restoring import restore as put_back

    names, files = _names(database), Files(folder)
    manifest = files.read()
    if not manifest.databases and not streams_only:
        text = "This backup holds only the streams. Use --streams-only, and restore the matching databases."
        raise Refused("streams_only", text, 400)
    with servers(dir, databases=not streams_only, names=names, make=True) as found:
        restored = asyncio.run(put_back(found, files, manifest, replace=replace))
    sealed = files.open_anonymous_surveys(manifest) if not streams_only else 0
    if output.speaks_json():
        told = {"erased_since": restored.erased_since, "open_anonymous_surveys": sealed}
        return output.as_json(_figures(folder, manifest) | told)
    _tables(manifest)
    output.say(f"[green]Restored[/] from {folder}, as it was at {manifest.made_at.astimezone():%Y-%m-%d %H:%M:%S}.")
    output.say("Next: provision and start the services; ekkyo up does both for a local stack.")
    if sealed:
        output.say(without_keys(sealed))
    if restored.erased_since:
        output.say(
            f"[bold]Erased since the backup, and now restored: {len(restored.erased_since)}.[/] Once the services run:"
        )
        output.paste(f"ekkyo members erase --from {files.erased_since} --yes")
    return None


def without_keys(surveys: int) -> str:
    """What becomes of anonymous surveys that a backup holds open."""
    return (
        f"[bold]Anonymous surveys that were open: {surveys}.[/] Their keys are in no backup. Where this NATS server "
        "does not have them, or they have closed since, nobody can read their answers: open others in their place."
    )


def _names(given: list[str] | None) -> dict[str, str]:
    names = {}
    for one in given or []:
        service, _, name = one.partition("=")
        if service not in SERVICES or not name:
            text = f"{one} is not SERVICE=NAME. The services are {', '.join(SERVICES)}."
            raise typer.BadParameter(text, param_hint="--database")
        names[service] = name
    return names


def _figures(folder: Path, manifest: "Manifest") -> dict[str, object]:
    return {
        "folder": str(folder),
        "made_at": manifest.made_at.isoformat(),
        "messages": {name: stream.messages for name, stream in manifest.streams.items()},
        "rows": {
            service: {name: rows.rows for name, rows in collections.items()}
            for service, collections in manifest.databases.items()
        },
    }


def _tables(manifest: "Manifest") -> None:
    streams = [(name, s.messages, s.last_sequence, len(s.consumers)) for name, s in manifest.streams.items()]
    output.table(["stream", "messages#", "last number#", "consumers#"], streams)
    output.say("")
    rows = [(service, sum(c.rows for c in found.values())) for service, found in manifest.databases.items()]
    output.table(["database", "rows#"], rows)
