"""The `ekkyo` command line."""

import contextlib
import inspect
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from ekkyo_cli import output
from ekkyo_cli.commands import (
    audit,
    backup,
    call,
    caught,
    dead,
    doctor,
    draws,
    events,
    facts,
    held,
    hours,
    leaders,
    leaving,
    measures,
    members,
    merging,
    portal,
    pulses,
    report,
    scim,
    secrets,
    sponsors,
    stack,
    steward,
    suggest,
    systems,
    tables,
)
from ekkyo_cli.failing import exit_code

app = typer.Typer(
    name="ekkyo",
    help="Run a community inside a company: its events, members, notifications and surveys.",
    epilog="Start with: ekkyo up --detach, then ekkyo status. Every command has --help, and --json for programs."
    "  Exit codes: 0 done, 1 refused or failed, 2 wrong arguments, 3 no stack or installation found.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"ekkyo {version('ekkyo-cli')}")
        raise typer.Exit


@app.callback()
def ekkyo(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of all commands."""
    output.reset()


for name in ("up", "down", "status", "restart", "logs", "env", "token"):
    app.command(name, rich_help_panel="The local stack")(getattr(stack, name))

app.command("open", rich_help_panel="The local stack")(portal.open_portal)

TALK, RUN = "Use Ekkyo", "Operate Ekkyo"
app.command("call", rich_help_panel=TALK)(call.call)
for name in ("deactivate", "reactivate", "erase", "erasures"):
    members.app.command(name)(getattr(leaving, name))
for name in ("merge", "undo_merge", "number"):
    members.app.command(name.replace("_", "-"))(getattr(merging, name))
members.app.command("held")(held.held)
events.app.command("verify-draw")(draws.verify_draw)
app.add_typer(members.app, name="members", rich_help_panel=TALK)
app.add_typer(leaders.app, name="leaders", rich_help_panel=TALK)
app.add_typer(steward.app, name="steward", rich_help_panel=RUN)
app.add_typer(events.app, name="events", rich_help_panel=TALK)
app.add_typer(tables.app, name="tables", rich_help_panel=TALK)
app.add_typer(pulses.app, name="pulses", rich_help_panel=TALK)
app.add_typer(facts.app, name="facts", rich_help_panel=TALK)
app.command("suggest", rich_help_panel=TALK)(suggest.suggest)
app.command("report", rich_help_panel=TALK)(report.report)
app.command("hours", rich_help_panel=TALK)(hours.hours)
app.add_typer(measures.app, name="measures", rich_help_panel=TALK)
app.add_typer(sponsors.app, name="sponsors", rich_help_panel=TALK)
app.add_typer(audit.app, name="audit", rich_help_panel=RUN)
app.command("doctor", rich_help_panel=RUN)(doctor.doctor)
app.command("backup", rich_help_panel=RUN)(backup.backup)
app.command("restore", rich_help_panel=RUN)(backup.restore)
app.add_typer(dead.app, name="dead", rich_help_panel=RUN)
app.add_typer(systems.app, name="system", rich_help_panel=RUN)
app.add_typer(scim.app, name="scim", rich_help_panel=RUN)
app.command("secrets", rich_help_panel=RUN)(secrets.secrets)
app.add_typer(caught.mail, name="mail", rich_help_panel=RUN)
app.add_typer(caught.chat, name="chat", rich_help_panel=RUN)


def _flowing(commands: typer.Typer) -> None:
    """Let the help of every command fill the window: a paragraph of its docstring is one line there."""
    for command in commands.registered_commands:
        paragraphs = (inspect.getdoc(command.callback) or "").split("\n\n")
        command.help = "\n\n".join(part if part.startswith(" ") else part.replace("\n", " ") for part in paragraphs)
    for group in commands.registered_groups:
        if group.typer_instance:
            _flowing(group.typer_instance)


_flowing(app)


def main() -> None:
    """Run one command. People get words, never a traceback."""
    try:
        code = app(standalone_mode=False)
    except BaseException as problem:
        code = exit_code(problem)
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    sys.exit(code if isinstance(code, int) else output.OK)


if __name__ == "__main__":
    main()
