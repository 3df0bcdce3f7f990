"""E-04: until when an offer holds, in hours that people are awake and at work."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from enrolment.domain.campus import Campus

FURTHEST = 400  # days; a campus without waking hours must not hang us


def offer_deadline(made_at: datetime, hours: int, campus: Campus | None, latest: datetime) -> datetime:
    """`hours` from when the offer was made, quiet hours and days off not counted, never past `latest`.

    A campus that we have no calendar of yet counts every hour.
    """
    return min(_counted(made_at, timedelta(hours=hours), campus), latest)


def _counted(start: datetime, left: timedelta, campus: Campus | None) -> datetime:
    if campus is None:
        return start + left
    first = start.astimezone(ZoneInfo(campus.zone)).date()
    for day in range(FURTHEST):
        for opens, closes in campus.waking_hours(first + timedelta(days=day)):
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, timedelta(0))
    return start + timedelta(days=FURTHEST)
