"""E-04: how long an offer holds, counted in hours that people are awake and at work."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment.domain.deadline import offer_deadline
from tests.unit.enrolment.builders import a_campus

FAR = datetime(2030, 1, 1, tzinfo=UTC)
IST = ZoneInfo("Asia/Kolkata")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=IST)


@pytest.mark.rule("E-04")
@pytest.mark.parametrize(
    ("made", "hours", "deadline"),
    [
        ("2026-03-02 12:00", 4, "2026-03-02 16:00"),
        ("2026-03-02 12:00", 9, "2026-03-02 21:00"),
        ("2026-03-02 12:00", 10, "2026-03-03 08:00"),
        ("2026-03-02 12:00", 24, "2026-03-04 08:00"),
        ("2026-03-02 22:00", 1, "2026-03-03 08:00"),
        ("2026-03-03 03:00", 1, "2026-03-03 08:00"),
        ("2026-03-05 20:00", 2, "2026-03-07 08:00"),  # the 6th is closed
        ("2026-03-09 09:00", 4, "2026-03-10 08:00"),  # the 9th ends at noon
    ],
)
def test_quiet_hours_and_days_off_do_not_count(made, hours, deadline):
    campus = a_campus(off={date(2026, 3, 6): "closed", date(2026, 3, 9): "half", date(2026, 3, 3): "restricted"})

    assert offer_deadline(at(made), hours, campus, FAR) == at(deadline)


@pytest.mark.rule("E-04")
def test_it_never_passes_the_last_moment_for_offers():
    made = at("2026-03-02 12:00")

    assert offer_deadline(made, 24, a_campus(), made + timedelta(hours=3)) == made + timedelta(hours=3)


def test_a_campus_without_a_calendar_counts_every_hour():
    made = at("2026-03-02 20:00")

    assert offer_deadline(made, 24, None, FAR) == made + timedelta(hours=24)


@pytest.mark.parametrize(
    ("quiet", "deadline"),
    [
        ((time(0), time(0)), "2026-03-03 12:00"),
        ((time(13), time(15)), "2026-03-03 16:00"),  # twice in the middle of a day
        ((time(0), time(6)), "2026-03-03 18:00"),
    ],
)
def test_quiet_hours_may_lie_anywhere(quiet, deadline):
    assert offer_deadline(at("2026-03-02 12:00"), 24, a_campus(quiet=quiet), FAR) == at(deadline)


@pytest.mark.rule("E-04")
@given(
    made=st.integers(0, 365 * 24 * 60).map(lambda minutes: FAR - timedelta(days=1400, minutes=minutes)),
    hours=st.integers(1, 240),
    begins=st.integers(0, 23),
    ends=st.integers(0, 23),
)
def test_a_deadline_lies_in_waking_hours_and_leaves_at_least_the_hours_asked_for(made, hours, begins, ends):
    campus = a_campus(quiet=(time(begins), time(ends)), off={date(2026, 6, n): "closed" for n in range(1, 6)})
    deadline = offer_deadline(made, hours, campus, FAR)

    local = deadline.astimezone(IST)
    counted = [
        (max(opens, made), min(closes, deadline))
        for n in range((deadline - made).days + 3)
        for opens, closes in campus.waking_hours(made.astimezone(IST).date() + timedelta(days=n))
        if opens < deadline and closes > made
    ]
    assert sum((b - a for a, b in counted), timedelta()) == timedelta(hours=hours)
    assert any(
        opens < deadline <= closes for opens, closes in campus.waking_hours(local.date())
    ) or local.time() == time(0)


@pytest.mark.rule("N-07")
def test_a_date_is_its_last_instant_at_the_campus():
    assert a_campus().last_instant_of(date(2026, 3, 20)) == at("2026-03-21 00:00") - timedelta(milliseconds=1)
