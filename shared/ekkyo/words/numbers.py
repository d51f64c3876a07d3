"""Texts with a number in them, in the form that goes with it."""


def count(text: str, n: int, **rest: object) -> str:
    """A text with a number: `{n} seat|{n} seats` has one form for 1 and one for the rest."""
    one, _, more = text.partition("|")
    return (one if n == 1 or not more else more).format(n=f"{n:,}", **rest)


def signed(value: float) -> str:
    """A whole number with its sign, as an NPS is told: +42, 0, -7."""
    rounded = round(value)
    return f"{rounded:+d}" if rounded else "0"


def fill(text: str, **values: object) -> str:
    """A text with several numbers: `{seats:# seat|# seats} for {n}` has for each a form for 1 and one for the rest."""
    return text.format(**{name: _Number(v) if isinstance(v, int) else v for name, v in values.items()})


class _Number(int):
    """A number that chooses the form of the words beside it."""

    def __format__(self, form: str) -> str:
        one, _, more = form.partition("|")
        return (one if self == 1 else more).replace("#", f"{int(self):,}") if more else int.__format__(self, form)
