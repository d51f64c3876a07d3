"""What a member has, was told, chose, and what is held on them."""

from ekkyo_portal.me import calendar as calendar
from ekkyo_portal.me import choices as choices
from ekkyo_portal.me import introductions as introductions
from ekkyo_portal.me import no_reports as no_reports
from ekkyo_portal.me import no_themes as no_themes
from ekkyo_portal.me import skills as skills
from ekkyo_portal.me import stopping as stopping
from ekkyo_portal.me.routes import section as section
