"""Introductions: who is asked for one, and what became of it."""

from ekkyo.broker import Router, told
from ekkyo.contracts.members import IntroductionGiven, IntroductionNotGiven, IntroductionRequested

from ekkyo_notify import model
from ekkyo_notify.delivering.post import Post

router = Router()


@router.subscriber(
    **told(
        IntroductionRequested, IntroductionGiven, IntroductionNotGiven,
        by="notify", name="tell_introduction", start="new",
    )
)  # fmt: skip
async def tell_introduction(fact: IntroductionRequested | IntroductionGiven | IntroductionNotGiven, post: Post) -> None:
    """Ask a member for an introduction, tell both who the other is, or tell the one who asked that it is over."""
    notice, recipients = model.introduction_notice(fact)
    await post.tell(notice, recipients, leave_out_unknown=True)
