"""How far a net promoter score may be off. Pure."""

from math import sqrt

Z = 1.96
"""Of 95 %."""


def interval(difference: int, extremes: int, people: int) -> tuple[float, float]:
    """The 95 % interval of a net promoter score, each end from -100 to 100, to one decimal.

    difference: promoters minus detractors; extremes: both together. Adjusted Wald, three answers added of which three
    quarters are promoters' and as many detractors': B. Rocks, Interval Estimation for the "Net Promoter Score", The
    American Statistician 70 (2016). It covers .92 to .98 from five answers on.
    """
    n = people + 3
    score = difference / n
    margin = Z * sqrt(max(0.0, (extremes + 1.5) / n - score**2) / n)
    return round(100 * max(-1.0, score - margin), 1), round(100 * min(1.0, score + margin), 1)
