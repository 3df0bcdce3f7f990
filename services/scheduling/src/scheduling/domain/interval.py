"""Half-open stretches of time (S-01): back-to-back is fine, enclosing and equal ones clash, zero length is refused."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from scheduling.domain.errors import ZeroLength

_INSTANT = timedelta(microseconds=1)


class Interval(NamedTuple):
    """From `start`, up to and without `end`; both UTC."""

    start: datetime
    end: datetime

    @classmethod
    def between(cls, start: datetime, end: datetime) -> "Interval":
        """In whole seconds, in UTC. Raises ZeroLength."""
        start, end = (moment.astimezone(UTC).replace(microsecond=0) for moment in (start, end))
        if end <= start:
            raise ZeroLength(start=start.isoformat(), end=end.isoformat())
        return cls(start, end)

    def overlaps(self, other: "Interval") -> bool:
        return self.start < other.end and other.start < self.end

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def utc_days(self) -> Iterator[date]:
        """Every UTC day of which it has at least an instant."""
        return days_between(self.start.date(), (self.end - _INSTANT).date())


def days_between(first: date, last: date) -> Iterator[date]:
    """Both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
