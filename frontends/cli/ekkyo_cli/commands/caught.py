"""`ekkyo mail` and `ekkyo chat`: what the local stack caught instead of delivering it."""

import json as jsonlib
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Any

import typer
from ekkyo.contracts.base import Refused

from ekkyo_cli import output
from ekkyo_cli.commands.stack import Dir
from ekkyo_cli.local import control, replying
from ekkyo_cli.local.folder import DEFAULT, Folder
from ekkyo_cli.output import Json

mail = typer.Typer(help="Mail that the local stack caught instead of delivering it.", no_args_is_help=True)
chat = typer.Typer(help="Chat posts that the local stack caught instead of delivering them.", no_args_is_help=True)


@dataclass(frozen=True)
class Mail:
    """One message that was caught."""

    id: str
    file: Path
    message: EmailMessage

    @property
    def to(self) -> str:
        return ", ".join(self.message.get_all("Delivered-To", []))

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    def head(self) -> dict[str, str]:
        named = ("Date", "From", "Subject", "Message-ID")
        return {"id": self.id, "to": self.to} | {n.lower(): str(self.message[n] or "") for n in named}


def mailbox(folder: Folder) -> list[Mail]:
    """Every message that was caught, oldest first, numbered from 1."""
    found: list[Mail] = []
    for file in sorted(folder.mail.glob("*.eml")):
        with suppress(FileNotFoundError):  # the stack has just deleted it: its member was erased
            message = message_from_bytes(file.read_bytes(), policy=policy.default)
            found.append(Mail(str(len(found) + 1), file, message))
    return found


@mail.command("list")
def list_mail(
    to: Annotated[str | None, typer.Option(help="Only to this address.")] = None,
    subject: Annotated[str | None, typer.Option(help="Only with this text in the subject.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="Show only this many of the newest; 0: all.", min=0)] = 50,
    dir: Dir = DEFAULT,
    json: Json = False,
) -> None:
    """List the mail that was caught, newest last."""
    found = [
        one
        for one in mailbox(_known(dir))
        if (to is None or to.lower() in one.to.lower()) and (subject is None or subject in one.subject)
    ]
    shown = found[-limit:] if limit else found
    if output.speaks_json():
        return output.as_json([one.head() for one in shown])
    if not shown:
        return output.say("No such mail was caught." if to or subject else "No mail was caught.")
    rows = [(one.id, one.message["Date"] or "", one.to, one.subject) for one in shown]
    output.table(["number#", "date", "to", "subject"], rows)
    return output.say(f"[dim]{len(shown)} of {len(found)}. See one: ekkyo mail show NUMBER[/]")


@mail.command("show")
def show_mail(
    number: Annotated[str, typer.Argument(help="Its number as listed, or `last`.")],
    html: Annotated[Path | None, typer.Option("--html", help="Write the HTML part to this file.")] = None,
    raw: Annotated[bool, typer.Option("--raw", help="Print the raw message.")] = False,
    dir: Dir = DEFAULT,
    json: Json = False,
) -> None:
    """Show one message: its headers, its text and its attachments."""
    one = _found(_known(dir), number)
    if raw:
        typer.echo(one.file.read_bytes(), nl=False)
        return None
    text, page = one.message.get_body(("plain",)), one.message.get_body(("html",))
    if html:
        if page is None:
            raise Refused("no_html", "This message has no HTML part.")
        html.write_text(page.get_content(), encoding="utf-8")
        output.warn(f"Written: {html}")
    body = text.get_content() if text else ""
    others = [part for part in one.message.walk() if not part.is_multipart() and part not in (text, page)]
    attached = [{"type": part.get_content_type(), "name": part.get_filename()} for part in others]
    if output.speaks_json():
        return output.as_json(one.head() | {"text": body, "attached": attached})
    output.table(
        ["", ""], list(one.head().items()) + [("attached", f"{a['type']} {a['name'] or ''}") for a in attached]
    )
    output.out.print(f"\n{body}", markup=False, soft_wrap=True)
    return None


@mail.command("reply")
def reply_mail(
    number: Annotated[str, typer.Argument(help="Its number as listed, or `last`.")],
    accept: Annotated[bool, typer.Option("--accept", help="Answer that one comes.")] = False,
    decline: Annotated[bool, typer.Option("--decline", help="Answer that one does not come.")] = False,
    tentative: Annotated[bool, typer.Option("--tentative", help="Answer that one may come.")] = False,
    dir: Dir = DEFAULT,
    json: Json = False,
) -> None:
    """Answer an invitation as its reader's calendar would: who declines withdraws.

    Examples:

      ekkyo mail list --subject 参加

      ekkyo mail reply 12 --decline
    """
    if accept + decline + tentative != 1:
        raise typer.BadParameter("give one of --accept, --decline, --tentative")
    folder = _known(dir)
    answer: replying.Answer = "ACCEPTED" if accept else "DECLINED" if decline else "TENTATIVE"
    made = replying.reply(_found(folder, number).message, answer)
    replying.hand_over(made, control.running_state(folder).mail_in)
    if output.speaks_json():
        return output.as_json({"answer": answer.lower(), "from": made["From"], "to": made["To"]})
    return output.say(f"Answered for {made['From']}. What comes of it is mailed: ekkyo mail list")


@mail.callback()
def _mail() -> None:
    """Mail that the local stack caught instead of delivering it."""


@chat.callback()
def _chat() -> None:
    """Chat posts that the local stack caught instead of delivering them."""


@chat.command("list")
def list_chat(
    limit: Annotated[int, typer.Option("--limit", "-n", help="Show only this many of the newest; 0: all.", min=0)] = 50,
    dir: Dir = DEFAULT,
    json: Json = False,
) -> None:
    """List the chat posts that were caught, newest last."""
    posts = chatter(_known(dir))
    shown = posts[-limit:] if limit else posts
    if output.speaks_json():
        return output.as_json(shown)
    if not shown:
        return output.say("No chat posts were caught.")
    output.table(["time", "text"], [(str(post["at"])[:19], _text(post["body"])) for post in shown])
    return output.say(f"[dim]{len(shown)} of {len(posts)}[/]")


def chatter(folder: Folder) -> list[dict[str, Any]]:
    """Every post that was caught, oldest first."""
    lines = folder.chat.read_text(encoding="utf-8").splitlines() if folder.chat.exists() else []
    return [jsonlib.loads(line) for line in lines]


def _text(body: Any) -> str:
    return str(body.get("text", body)) if isinstance(body, dict) else str(body)


def _found(folder: Folder, number: str) -> Mail:
    every = mailbox(folder)
    found = every[-1:] if number == "last" else [one for one in every if one.id == number]
    if not found:
        raise Refused("mail_not_found", f"There is no mail {number}. See: ekkyo mail list")
    return found[0]


def _known(dir: Path) -> Folder:
    folder = Folder.at(dir)
    if not folder.mail.exists():
        raise Refused("stack_not_found", f"There is no local stack in {folder.path}. Start one: ekkyo up --detach", 503)
    return folder
