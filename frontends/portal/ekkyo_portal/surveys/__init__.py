"""Surveys as members answer them, and templates as leaders write them."""

from ekkyo_portal.surveys import writing as writing
from ekkyo_portal.surveys.routes import room as room
