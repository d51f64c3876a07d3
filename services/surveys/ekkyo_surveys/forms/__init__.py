"""The forms of surveys, as data. A published version is never changed: an open survey keeps the one it began with."""

from importlib.resources import files

from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import Form


def _read() -> dict[tuple[str, int], Form]:
    found = [
        Form.model_validate_json(file.read_bytes())
        for file in files(__package__).iterdir()
        if file.name.endswith(".json")
    ]
    return {(form.template, form.version): form for form in found}


_FORMS = _read()


def form(template: str, version: int) -> Form:
    """One version of a form. Raises KeyError when there is none."""
    return _FORMS[template, version]


def newest(template: str) -> Form:
    """The form that new surveys of this template get. Raises Refused `template_not_found` (404)."""
    found = [f for f in _FORMS.values() if f.template == template]
    if not found:
        raise Refused("template_not_found", "There is no template with this key.")
    return max(found, key=lambda f: f.version)
