"""Surveys as members answer them."""

from ekkyo_portal.surveys.routes import room as room
