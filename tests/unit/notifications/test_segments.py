"""M-07: what an SMS costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.domain.segments import cost


@pytest.mark.rule("M-07")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("GSM-7", 0, 1)),
        ("a" * 160, ("GSM-7", 160, 1)),
        ("a" * 161, ("GSM-7", 161, 2)),
        ("a" * 306, ("GSM-7", 306, 2)),
        ("a" * 307, ("GSM-7", 307, 3)),
        ("€" * 80, ("GSM-7", 160, 1)),
        ("€" * 81, ("GSM-7", 162, 2)),
        ("a" * 152 + "€" + "a" * 152, ("GSM-7", 306, 3)),
        ("அ" * 70, ("UCS-2", 70, 1)),
        ("அ" * 71, ("UCS-2", 71, 2)),
        ("அ" * 134, ("UCS-2", 134, 2)),
        ("अ" * 135, ("UCS-2", 135, 3)),
        ("😀" * 35, ("UCS-2", 70, 1)),
        ("😀" * 66, ("UCS-2", 132, 2)),
        ("😀" * 67, ("UCS-2", 134, 3)),
        ("a" * 69 + "…", ("UCS-2", 70, 1)),
    ],
)
def test_segments_by_the_standard(text: str, expected: tuple[str, int, int]) -> None:
    assert cost(text) == expected


@given(st.text(max_size=600), st.text(max_size=5))
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert cost(text + more).segments >= cost(text).segments
