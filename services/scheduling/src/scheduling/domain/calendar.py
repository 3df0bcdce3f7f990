"""S-08: when a campus works: its working week, holidays and half days; and what a time in its zone is in UTC (S-14)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from scheduling.domain.errors import DayClosed
from scheduling.domain.interval import Interval, days_between

Kind = Literal["closed", "half", "restricted"]
NOON = time(12)
_STRENGTH: Mapping[Kind, int] = {"restricted": 0, "half": 1, "closed": 2}
_INSTANT = timedelta(microseconds=1)


class Holiday(NamedTuple):
    """A day off: `closed` blocks, `restricted` warns, `half` ends at noon."""

    day: date
    name: str
    kind: Kind


class Caution(NamedTuple):
    """Something a planner should know that does not forbid anything."""

    code: str
    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Of one campus. Of several entries for a day the strictest counts."""

    zone: ZoneInfo
    working_week: frozenset[int]
    holidays: Mapping[date, Holiday]

    @classmethod
    def of(cls, zone: str, working_week: Iterable[int], holidays: Iterable[Holiday]) -> "Calendar":
        strictest: dict[date, Holiday] = {}
        for holiday in holidays:
            known = strictest.get(holiday.day)
            if known is None or _STRENGTH[holiday.kind] > _STRENGTH[known.kind]:
                strictest[holiday.day] = holiday
        return cls(ZoneInfo(zone), frozenset(working_week), strictest)

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()

    def instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def days_of(self, interval: Interval) -> Iterator[date]:
        """Every day of the campus of which the interval has at least an instant."""
        return days_between(self.today(interval.start), self.today(interval.end - _INSTANT))

    def closure(self, interval: Interval) -> Holiday | None:
        """Why the campus does not work then; None when it does."""
        for day in self.days_of(interval):
            holiday = self.holidays.get(day)
            if holiday and holiday.kind == "closed":
                return holiday
            if day.isoweekday() not in self.working_week:
                return Holiday(day, day.strftime("%A"), "closed")
            if holiday and holiday.kind == "half" and interval.end > self.instant(day, NOON):
                return holiday
        return None

    def warnings(self, interval: Interval) -> tuple[Caution, ...]:
        """What may keep people away although the campus works. Raises DayClosed when it does not."""
        if closed := self.closure(interval):
            raise DayClosed(day=closed.day.isoformat(), name=closed.name, kind=closed.kind)
        found = (self.holidays.get(day) for day in self.days_of(interval))
        return tuple(
            Caution("restricted-holiday", h.day, h.name) for h in found if h is not None and h.kind == "restricted"
        )
