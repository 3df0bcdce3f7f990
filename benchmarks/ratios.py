"""Ours against a reference, round by round: the median of the rounds' ratios, and between which they lay."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    median: float
    least: float
    most: float

    @classmethod
    def of(cls, ours: Sequence[float], reference: Sequence[float]) -> "Ratio":
        """Both in the order of the rounds; above 1, ours was the more."""
        found = sorted(mine / theirs for mine, theirs in zip(ours, reference, strict=True))
        return cls(statistics.median(found), found[0], found[-1])

    def __str__(self) -> str:
        return f"{self.median:6.2f} x ({self.least:.2f}-{self.most:.2f})"


def spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):8.0f} ({min(values):.0f}-{max(values):.0f})"
