"""How messages leave: mail over SMTP, chat over incoming webhooks."""


class NotNow(Exception):
    """The channel cannot take it just now; trying again may help. The reason is a code, safe to log and to keep.

    reachable: whether the channel answered at all, so that others need not knock too.
    after: seconds that the channel asked to wait, if it did.
    """

    def __init__(self, reason: str, *, reachable: bool = True, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reachable = reachable
        self.after = after


class Never(Exception):
    """This message will not be taken, however often it is tried. The reason is a code, safe to log and to keep."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
