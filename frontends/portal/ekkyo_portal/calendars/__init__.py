"""What calendar programs read, without a cookie: a member's events, or those of a community."""

from ekkyo_portal.calendars.routes import room as room
