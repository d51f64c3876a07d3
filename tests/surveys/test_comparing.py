"""What several surveys tell together."""

from fractions import Fraction
from itertools import product

import pytest
from ekkyo_surveys.model import tells_of_few
from hypothesis import given, settings
from hypothesis import strategies as st


def people(*spans: tuple[int, int]) -> set[str]:
    return {f"m{n}" for first, last in spans for n in range(first, last + 1)}


@pytest.mark.parametrize(
    ("groups", "tells"),
    [
        ([people((1, 10))], False),
        ([people((1, 4))], True),
        ([people((1, 10)), people((1, 11))], True),
        ([people((1, 10)), people((1, 15))], False),
        ([people((1, 10)), people((11, 20)), people((1, 20))], False),
        ([people((1, 10)), people((11, 20)), people((1, 21))], True),
        ([people((1, 10)), people((11, 20)), people((1, 5), (11, 15), (21, 21)), people((6, 10), (16, 20))], True),
        ([people((1, 10)), people((11, 20)), people((1, 5), (11, 15)), people((6, 10), (16, 20))], False),
        ([people((1, 12)), people((9, 20))], False),
    ],
)
def test_sums_and_differences_of_several_surveys(groups: list[set[str]], *, tells: bool) -> None:
    assert tells_of_few(groups) is tells


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sets(st.sampled_from([f"m{n}" for n in range(9)]), min_size=5), min_size=2, max_size=3))
def test_no_sum_with_small_weights_is_about_few(groups: list[set[str]]) -> None:
    """Whatever an attacker adds and subtracts, the people that are left are nobody or five."""
    if not tells_of_few(groups):
        for weights in product([Fraction(n, 2) for n in range(-4, 5)], repeat=len(groups)):
            left = {
                person
                for person in set().union(*groups)
                if sum(weight for weight, group in zip(weights, groups, strict=True) if person in group)
            }
            assert not 0 < len(left) < 5
