"""Our copy of a campus and its calendar, which scheduling owns."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NOON = time(12)


@dataclass(frozen=True, slots=True)
class DayOff:
    """`closed` blocks the day, `half` its afternoon, `restricted` nothing."""

    day: date
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Campus:
    id: str
    version: int = 0
    revision: int
    names: dict[str, str]
    zone: str
    quiet_from: time
    quiet_to: time
    days_off: tuple[DayOff, ...] = ()

    def last_instant_of(self, day: date) -> datetime:
        """N-07: a date means its last instant, here; stored times have milliseconds."""
        return self._at(day + timedelta(days=1), time(0)) - timedelta(milliseconds=1)

    def waking_hours(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The parts of this local day that are neither quiet hours nor a day off, as UTC instants."""
        kinds = {off.kind for off in self.days_off if off.day == day}
        if "closed" in kinds:
            return
        midnight, next_midnight = self._at(day, time(0)), self._at(day + timedelta(days=1), time(0))
        end = self._at(day, NOON) if "half" in kinds else next_midnight
        for opens, closes in self._awake(day, midnight, next_midnight):
            if opens < min(closes, end):
                yield opens, min(closes, end)

    def _awake(self, day: date, midnight: datetime, next_midnight: datetime) -> list[tuple[datetime, datetime]]:
        quiet_from, quiet_to = self._at(day, self.quiet_from), self._at(day, self.quiet_to)
        if quiet_from == quiet_to:
            return [(midnight, next_midnight)]
        if quiet_from > quiet_to:  # the usual case: quiet over midnight
            return [(quiet_to, quiet_from)]
        return [(midnight, quiet_from), (quiet_to, next_midnight)]

    def _at(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, ZoneInfo(self.zone)).astimezone(UTC)

    def updated(self, newer: "Campus") -> "Campus":
        return replace(newer, version=self.version)
