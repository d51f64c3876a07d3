"""The built-in forms, as data. A published version is never changed: an open survey keeps the one it began with."""

from importlib.resources import files
from typing import Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import Form

AFTER_EVENTS: Final = "post_event"
"""The template of the survey after an event, unless the community has its own."""


def _read() -> dict[tuple[str, int], Form]:
    found = [
        Form.model_validate_json(file.read_bytes())
        for file in files(__package__).iterdir()
        if file.name.endswith(".json")
    ]
    return {(form.template, form.version): form for form in found}


_FORMS = _read()
BUILT_IN: Final = frozenset(template for template, _ in _FORMS)
"""The keys of the built-in templates."""


def form(template: str, version: int) -> Form:
    """One version of a built-in form. Raises Refused `template_not_found` (404)."""
    found = _FORMS.get((template, version))
    if found is None:
        raise not_found()
    return found


def newest(template: str) -> Form:
    """The form that new surveys of a built-in template get. Raises Refused `template_not_found` (404)."""
    versions = [version for key, version in _FORMS if key == template]
    return form(template, max(versions, default=0))


def built_in() -> list[Form]:
    """The newest version of each, by key."""
    return [newest(template) for template in sorted(BUILT_IN)]


def not_found() -> Refused:
    """The answer when there is no such template, or no such version, or it is retired."""
    return Refused("template_not_found", "There is no template with this key, or it is retired.")
