"""What calendar programs and feed readers read, without a cookie: events of a member or a community, and the board."""

from ekkyo_portal.calendars import boards as boards
from ekkyo_portal.calendars.routes import section as section
