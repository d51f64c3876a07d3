"""`ekkyo scim`: the token with which the company's directory (Entra ID, Okta) provisions members."""

import sys
import time
from json import dumps, loads
from pathlib import Path
from typing import Annotated

import typer
from ekkyo.contracts.base import Refused
from ekkyo.wire.tokens import DAY, OF_A_DIRECTORY, issue_token, make_keys, public_half

from ekkyo_cli import output
from ekkyo_cli.commands.secrets import KeyFolder
from ekkyo_cli.local.folder import DEFAULT, Folder
from ekkyo_cli.output import Json

app = typer.Typer(no_args_is_help=True, help="SCIM: the token with which the company's directory provisions members.")
WHO = str(OF_A_DIRECTORY["ekkyo_sub"])
KEY, TRUSTED = f"{WHO}/signing.jwk", ("members/jwks.json", "portal/jwks.json")


@app.callback()
def scim() -> None:
    """SCIM: the token with which the company's directory provisions members."""


@app.command()
def token(
    keys: Annotated[
        Path | None,
        typer.Option("--keys", help="A deployment's folder, as ekkyo secrets made it, in place of a stack."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="For how many days it is valid.")] = 180,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make a new signing key, so that all earlier tokens are refused.")
    ] = False,
    dir: Annotated[Path, typer.Option("--dir", help="The local stack's folder.", show_default=True)] = DEFAULT,
    json: Json = False,
) -> None:
    """Print a token for the company's directory. It is good for SCIM, and for nothing else.

    Its key is made once, in scim/signing.jwk, and is trusted by the members service and by the portal alone
    (members/jwks.json, portal/jwks.json). The token of a local stack is valid for a day.

    Examples:

      ekkyo scim token --keys deploy/keys --days 180

      ekkyo scim token --keys deploy/keys --new-key    when a token was lost
    """
    if keys is None:
        days = 1
        made = Folder.at(dir).token(WHO, ["system"], DAY)
    else:
        made = issue_token(_key(keys, renew=new_key), WHO, ["system"], days * DAY)
    if output.speaks_json():
        return output.as_json({"token": made, "sub": WHO, "expires_at": int(time.time()) + days * DAY})
    sys.stdout.write(made + "\n")
    return None


def _key(folder: Path, *, renew: bool) -> dict[str, object]:
    """The signing key, which is trusted from now on. renew: in place of the one before."""
    files = KeyFolder(folder, None)
    try:
        trusted = {name: loads((folder / name).read_text())["keys"] for name in TRUSTED}
    except OSError:
        text = f"There are no keys in {folder}. Make them: ekkyo secrets --dir {folder}"
        raise Refused("keys_not_found", text, 404) from None
    if renew:
        (folder / KEY).unlink(missing_ok=True)
    key: dict[str, object] = loads(files.keep(KEY, lambda: dumps(make_keys(OF_A_DIRECTORY)[0]), ours=False))
    for name, known in trusted.items():
        others = [one for one in known if one.get("kid") != key["kid"] and not (renew and one.get("ekkyo_sub") == WHO)]
        files.complete(name, dumps({"keys": [*others, public_half(key)]}))
    return key
