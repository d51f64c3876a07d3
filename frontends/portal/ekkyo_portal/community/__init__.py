"""Communities as members see them: which there are, one of them, joining and leaving."""

from ekkyo_portal.community import following as following
from ekkyo_portal.community import joining as joining
from ekkyo_portal.community import looks as looks
from ekkyo_portal.community import measures as measures
from ekkyo_portal.community import rules as rules
from ekkyo_portal.community import teaching as teaching
from ekkyo_portal.community.routes import section as section
