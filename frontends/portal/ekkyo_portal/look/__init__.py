"""How pages look: the frame, the words, the styles, and the files that browsers keep."""

from collections.abc import Callable, Hashable
from functools import cache
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from ekkyo.contracts.base import new_id
from ekkyo.words.numbers import count, fill
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ekkyo_portal.look import words
from ekkyo_portal.look.compiled import Compiled
from ekkyo_portal.look.files import Files
from ekkyo_portal.look.icons import icon
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.memo import Memo

ROWS: Final = 4 * 2**20
"""Bytes of rendered rows that are kept."""
BESIDE: Final = 1000
"""Bytes of what a row was rendered from, about."""
SECTIONS: Final = ("signin", "events", "lead", "surveys", "people", "community", "me", "outputs")


class Shown(Protocol):
    """What a page needs to know of a visit."""

    @property
    def request(self) -> Request: ...
    @property
    def reader(self) -> Reader: ...
    @property
    def visitor(self) -> Any: ...
    @property
    def kept(self) -> str: ...


class Look:
    """Renders pages. Templates of a section are called by it: `events/event.html`; `look/layout.html` is the frame."""

    def __init__(self, files: Files) -> None:
        self.files = files
        loaders = {name: PackageLoader(f"ekkyo_portal.{name}", "templates") for name in _rooms()}
        self._environment = Environment(
            loader=ChoiceLoader([PrefixLoader({"look": PackageLoader("ekkyo_portal.look", "templates"), **loaders})]),
            autoescape=True,
            auto_reload=False,  # else each page asks the file system whether its templates changed
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=Compiled("escaped-trimmed"),
        )
        self.rows = Memo(ROWS)
        self._environment.globals.update(
            icon=icon, count=count, fill=fill, new_id=new_id, file=files.address, row=self._row
        )
        for name in self._environment.list_templates(extensions=["html"]):
            self._environment.get_template(name)  # a broken one is found at start, not by a visitor

    def render(self, template: str, visit: Shown, view: Any = None, **more: Any) -> str:
        """The HTML of a template: a page, or a part of one that is sent alone."""
        asked = visit.request.query_params.get("did", "")
        query = [pair for pair in visit.request.query_params.multi_items() if pair[0] not in ("did", "lang")]
        path = visit.request.url.path
        return self._environment.get_template(template).render(
            v=view,
            w=visit.reader.words,
            reader=visit.reader,
            me=visit.visitor,
            path=path,
            again=f"{path}?{urlencode(query)}" if query else path,
            other_language="?" + urlencode([*query, ("lang", "en" if visit.reader.locale == "ja" else "ja")]),
            kept=visit.kept,
            did=words.did(visit.reader.locale, asked) if asked else None,
            **more,
        )

    def _row(self, macro: Callable[..., Markup], shown: Hashable, w: Any, *more: Hashable) -> Markup:
        """A macro's HTML of one row: `row(card, e, w)` is `card(e, w)`, rendered once for all equal rows.

        The macro has to be imported, so that it knows nothing of the page but what it is given. No text in the row may
        be `Markup`, which equals the same text that is to be escaped. w: `words.WORDS` of a language, which last as
        long as the process.
        """
        key = (macro, shown, id(w), more)
        return self.rows.of(key, lambda: macro(shown, w, *more), lambda html: 2 * len(html) + BESIDE)

    def page(self, template: str, visit: Shown, view: Any = None, *, status: int = 200, **more: Any) -> HTMLResponse:
        """A response with a page."""
        return HTMLResponse(self.render(template, visit, view, **more), status)


@cache
def the_look() -> Look:
    """The one of this process: its templates and files never change, and take a second to prepare."""
    return Look(Files())


def _rooms() -> list[str]:
    """The sections that have templates."""
    from importlib.resources import files

    return [name for name in SECTIONS if (files("ekkyo_portal") / name / "templates").is_dir()]
