"""Every section of the portal in the states it can be in: of members, leaders, stewards, and who is not signed in."""

from tests.journeys.scene import Scene
from tests.journeys.scenes_of_leaders import LEADERS
from tests.journeys.scenes_of_members import MEMBERS
from tests.journeys.scenes_of_stewards import STEWARDS

SCENES = [*MEMBERS, *LEADERS, *STEWARDS]
BEFORE = [
    Scene("nobody is signed in", None, {}, ("/signin", "/signin/link?c=1", "/api/docs")),
    Scene("signing in failed", None, {}, ("/signin/company/back?code=x&state=y",), 400),
    Scene("an address that does not open", None, {}, ("/signin/local?k=x",), 403),
    Scene("a link of a mail that is over", None, {}, ("/u/muted/x", "/u/themes/it/x", "/u/reports/it/x"), 404),
]
"""Pages of who is not signed in."""
