"""The orders in which topics may bring the same facts: that of each key is kept, and any of them may come again."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from hypothesis import strategies as st

F = TypeVar("F")


@st.composite
def orders(draw: st.DrawFn, streams: Mapping[str, Sequence[F]], repeats: int = 3) -> list[F]:
    """One order of all facts, and up to so many repetitions of what came before."""
    picks = draw(st.permutations([name for name, facts in streams.items() for _ in facts]))
    left = {name: list(facts) for name, facts in streams.items()}
    order = [left[name].pop(0) for name in picks]
    for _ in range(draw(st.integers(0, repeats))):
        first = draw(st.integers(0, len(order) - 1))
        order.insert(draw(st.integers(first + 1, len(order))), order[first])
    return order
