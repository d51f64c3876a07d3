"""Surveys as members answer them, and templates as leaders write them."""

from ekkyo_portal.surveys import by_hand as by_hand
from ekkyo_portal.surveys import pulses as pulses
from ekkyo_portal.surveys import writing as writing
from ekkyo_portal.surveys.routes import section as section
