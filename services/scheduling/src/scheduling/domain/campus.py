"""A campus: its zone, languages, working week, quiet hours, and holidays gazetted for its region or of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduling.domain.calendar import Calendar, Holiday
from scheduling.domain.errors import UnknownZone
from scheduling.domain.words import CampusId


class Region(NamedTuple):
    """Whose gazetted holidays hold: ISO 3166 country, and its subdivision (empty: the whole country)."""

    country: str
    subdivision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Campus:
    id: CampusId
    version: int = 0
    names: dict[str, str]
    zone: str
    languages: tuple[str, ...]
    working_week: tuple[int, ...]
    quiet_from: time
    quiet_to: time
    region: Region
    own_days: tuple[Holiday, ...] = ()
    gazetted: tuple[Holiday, ...] = ()
    years: tuple[int, ...] = ()

    @property
    def holidays(self) -> tuple[Holiday, ...]:
        return tuple(sorted({*self.gazetted, *self.own_days}))

    @property
    def calendar(self) -> Calendar:
        return Calendar.of(self.zone, self.working_week, self.holidays)

    def years_missing(self, now: datetime) -> tuple[int, ...]:
        """This year and the next, as far as their gazetted holidays are not known yet."""
        return tuple(year for year in years_wanted(self.zone, now) if year not in self.years)

    def extend(self, gazetted: Iterable[Holiday], years: Iterable[int]) -> "Campus":
        """Know more years; what was known stays, for the sessions that were planned by it."""
        return replace(
            self,
            gazetted=tuple(sorted({*self.gazetted, *gazetted})),
            years=tuple(sorted({*self.years, *years})),
        )

    def says_what(self, other: "Campus") -> bool:
        """Nothing but the version differs."""
        return replace(self, version=0) == replace(other, version=0)


def years_wanted(zone: str, now: datetime) -> tuple[int, int]:
    """This year and the next one, as the campus counts. Raises UnknownZone."""
    try:
        this = now.astimezone(ZoneInfo(zone)).year
    except (KeyError, ValueError, OSError) as error:  # not found, no name for a file, a folder of zones
        raise UnknownZone(zone=zone) from error
    return this, this + 1
