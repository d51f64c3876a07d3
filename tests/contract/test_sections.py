"""Every section of the portal has the same shape: knowing one is knowing all."""

import ast
from pathlib import Path

import ekkyo_portal
import pytest
from ekkyo_portal.site import SECTIONS

PORTAL = Path(ekkyo_portal.__file__).parent
NAMES = [section.name for section in SECTIONS]
OTHERWISE = {
    "lead": {"routes.py": "its routes are in a file for each page, and the section itself is section.py"},
    "signin": {"views.py": "its pages show a form and what was wrong with it"},
    "calendars": {"templates": "it has files for calendar programs and readers of feeds, and no pages"},
}
"""What a section has not, and why. Each one is a decision."""


@pytest.mark.parametrize("name", NAMES)
def test_a_section_has_its_routes_its_views_and_its_templates(name):
    section = {"__init__.py", "routes.py", "views.py", "templates"}
    there = {part.name for part in (PORTAL / name).iterdir() if part.is_file() or any(part.glob("*.html"))}
    assert section - there == set(OTHERWISE.get(name, {}))


@pytest.mark.parametrize("name", NAMES)
def test_a_view_asks_nobody(name):
    """A route asks; a view turns the answers into what the template shows."""
    for file in (PORTAL / name).glob("*views.py"):
        waits = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Await)]
        assert waits == [], file.name
