"""What stewards see of the portal, in the states that it can be in."""

from ekkyo.contracts.members import (
    Erasure,
    ErasurePage,
    FindMembers,
    GetErasure,
    GetMember,
    ListErasures,
    MemberPage,
)

from tests.journeys.scene import ME, PEOPLE, Scene
from tests.portal import (
    test_held_pages,
    test_lead_hosting,
    test_leaders_page,
    test_state_page,
)
from tests.portal.making import NOW, STEWARD
from tests.portal.test_lead_results import answered

ERASURE = Erasure(member_id="x1", erased_at=NOW, receipts={"events": NOW}, waits_for=["notify", "surveys"])
STEWARDS = [
    Scene("what is held on a person", STEWARD, test_held_pages.KNOWN, ("/people/hanako/held",)),
    Scene("makes leaders", STEWARD, test_lead_hosting.LEAD_BY, ("/c/it/leaders",)),
    Scene("communities compared", STEWARD, answered(), ("/people-surveys",)),
    Scene(
        "people", STEWARD, PEOPLE, ("/people", "/people?q=山田&show=leaders", "/people/hanako", "/people/hanako/erase")
    ),
    Scene(
        "two records",
        STEWARD,
        {**PEOPLE, **ME, GetMember: PEOPLE[GetMember]},
        ("/people/hanako/merge?q=山", "/people/hanako/merge?with=hana"),
    ),
    Scene("a person alone", STEWARD, {GetMember: PEOPLE[GetMember]}, ("/people/hanako",)),
    Scene("nobody", STEWARD, {**PEOPLE, FindMembers: MemberPage(members=[])}, ("/people?q=@@", "/people-import")),
    Scene("people, all away", STEWARD, {}, ("/people", "/people-communities", "/people-sent", "/people-state")),
    Scene("the state of services", STEWARD, test_state_page.KNOWN, ("/people-state",)),
    Scene("the first leaders", STEWARD, test_leaders_page.KNOWN, ("/c/it/first-leaders",)),
    Scene(
        "what stewards do",
        STEWARD,
        PEOPLE,
        ("/people-communities", "/people-communities/new", "/people-sent", "/people-sent?status=planned"),
    ),
    Scene(
        "erased",
        STEWARD,
        {GetErasure: ERASURE, ListErasures: ErasurePage(erasures=[ERASURE])},
        ("/people/erased", "/people/erased?id=x1"),
    ),
]
