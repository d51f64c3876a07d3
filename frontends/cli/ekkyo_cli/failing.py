"""How an exception is reported: a text for people, an exit code for programs."""

import os
import sys
import traceback

from ekkyo.contracts.base import Refused
from ekkyo.installation.embedded import NotStarted
from nats.errors import Error, NoRespondersError, NoServersError
from typer.exceptions import Abort, Exit, TyperException
from typer.rich_utils import rich_format_error

from ekkyo_cli import output


def exit_code(problem: BaseException) -> int:
    """Tell what went wrong, and return the exit code for it."""
    match problem:
        case SystemExit():
            return problem.code if isinstance(problem.code, int) else output.NO
        case Exit():
            return problem.exit_code
        case TyperException():
            return _asked_wrongly(problem)
        case KeyboardInterrupt() | Abort():
            return 130
        case BrokenPipeError():
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return output.OK
        case Refused():
            output.problem(problem)
            return output.UNREACHABLE if problem.status == 503 else output.NO
        case NoRespondersError():
            output.problem(Refused("nobody_answers", "The service that answers this is not running.", 503))
            return output.UNREACHABLE
        case NoServersError() | ConnectionError() | TimeoutError() | Error():
            text = (
                "NATS does not answer, or does not accept this user. Is the stack running? See: ekkyo status."
                ' If the EKKYO_… variables in this shell are out of date, set them again: eval "$(ekkyo env)"'
            )
            output.problem(Refused("unreachable", text, 503))
            return output.UNREACHABLE
        case OSError() if problem.filename and problem.strerror:
            output.problem(Refused("failed", f"{problem.filename}: {problem.strerror}.", 500))
            return output.NO
        case NotStarted() | OSError():
            output.problem(Refused("failed", str(problem), 500))
            return output.NO
    if os.environ.get("PYTHONDEVMODE"):
        traceback.print_exception(problem)
    text = f"{type(problem).__name__}: this is a bug in ekkyo. Set PYTHONDEVMODE=1 to see the traceback."
    output.problem(Refused("unexpected", text, 500))
    return output.NO


def _asked_wrongly(problem: TyperException) -> int:
    code: int = getattr(problem, "exit_code", output.USAGE)
    if output.speaks_json():
        text = getattr(problem, "format_message", lambda: str(problem))()
        output.as_json({"code": "usage", "title": "Usage", "status": 400, "detail": text})
    else:
        rich_format_error(problem)  # type: ignore[arg-type]
    return code
