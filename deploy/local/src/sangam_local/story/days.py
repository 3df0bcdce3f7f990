"""Working days of a campus as its wall calendar has them, from other people's holiday tables. Knows no Sangam."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

import holidays

from sangam_local.institute.model import Campus


def works(campus: Campus, day: date) -> bool:
    """A half day is not one to plan a whole session on."""
    country, region = campus.region
    gazetted = holidays.country_holidays(country, subdiv=region, years=day.year)
    blocked = {own.day for own in campus.own_days if own.kind in ("closed", "half")}
    return day.isoweekday() in campus.working_week and day not in gazetted and day not in blocked


def working_days(campus: Campus, earliest: date, count: int) -> list[date]:
    return list(islice(_from(campus, earliest), count))


def _from(campus: Campus, day: date) -> Iterator[date]:
    while True:
        if works(campus, day):
            yield day
        day += timedelta(days=1)
