"""When a campus works."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.calendar import Holiday
from scheduling.domain.campus import years_wanted
from scheduling.domain.errors import DayClosed, UnknownZone, ZeroLength
from scheduling.domain.interval import Interval
from tests.unit.scheduling.builders import MONDAY, NOW, a_calendar, a_campus, local

TUESDAY = MONDAY + timedelta(days=1)
instants = st.integers(0, 365 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
lengths = st.timedeltas(timedelta(seconds=1), timedelta(hours=30))


def between(day: date, start: str, end: str) -> Interval:
    return Interval.between(local(day, start), local(day, end))


@pytest.mark.rule("S-01")
def test_back_to_back_is_fine_but_enclosing_and_equal_intervals_clash():
    morning, noon = between(MONDAY, "09:00", "12:00"), between(MONDAY, "12:00", "13:00")

    assert not morning.overlaps(noon)
    assert not noon.overlaps(morning)
    assert morning.overlaps(morning)
    assert morning.overlaps(between(MONDAY, "10:00", "11:00"))
    assert between(MONDAY, "10:00", "11:00").overlaps(morning)


@pytest.mark.rule("S-01")
@pytest.mark.parametrize("end", ["09:00", "08:00"])
def test_zero_and_negative_length_are_refused(end):
    with pytest.raises(ZeroLength):
        between(MONDAY, "09:00", end)


@pytest.mark.rule("S-01")
@given(instants, lengths, instants, lengths)
def test_two_intervals_that_overlap_share_a_utc_day(start, length, other, other_length):
    one, two = Interval.between(start, start + length), Interval.between(other, other + other_length)

    if one.overlaps(two):
        assert set(one.utc_days()) & set(two.utc_days())
    assert one.overlaps(two) == two.overlaps(one)


@pytest.mark.rule("S-08")
def test_a_gazetted_day_is_closed_with_its_name():
    calendar = a_calendar(Holiday(MONDAY, "Pongal", "closed"))

    with pytest.raises(DayClosed) as refused:
        calendar.warnings(between(MONDAY, "09:00", "10:00"))

    assert refused.value.members["name"] == "Pongal"
    assert refused.value.members["day"] == MONDAY.isoformat()
    assert not calendar.warnings(between(TUESDAY, "09:00", "10:00"))


@pytest.mark.rule("S-08")
def test_a_session_that_touches_a_closed_day_with_its_end_is_refused():
    calendar = a_calendar(Holiday(TUESDAY, "Pongal", "closed"))
    over_midnight = Interval.between(local(MONDAY, "22:00"), local(TUESDAY, "01:00"))
    until_midnight = Interval.between(local(MONDAY, "22:00"), local(TUESDAY, "00:00"))

    assert calendar.closure(over_midnight) is not None
    assert calendar.closure(until_midnight) is None


@pytest.mark.rule("S-08")
def test_a_restricted_holiday_warns():
    calendar = a_calendar(Holiday(MONDAY, "Rath Yatra", "restricted"))

    [warning] = calendar.warnings(between(MONDAY, "09:00", "10:00"))

    assert (warning.code, warning.name) == ("restricted-holiday", "Rath Yatra")


@pytest.mark.rule("S-08")
def test_a_half_day_ends_at_noon():
    calendar = a_calendar(Holiday(MONDAY, "Founders' day", "half"))

    assert calendar.closure(between(MONDAY, "09:00", "12:00")) is None
    assert calendar.closure(between(MONDAY, "11:00", "12:01")) is not None


@pytest.mark.rule("S-08")
def test_days_outside_the_working_week_are_closed():
    saturday = MONDAY - timedelta(days=2)

    assert a_calendar().closure(between(saturday, "09:00", "10:00")) == Holiday(saturday, "Saturday", "closed")
    assert a_calendar(week=(1, 2, 3, 4, 5, 6)).closure(between(saturday, "09:00", "10:00")) is None


@pytest.mark.rule("S-08")
def test_of_several_entries_for_a_day_the_strictest_counts():
    entries = [
        Holiday(MONDAY, "Optional", "restricted"),
        Holiday(MONDAY, "Closed", "closed"),
        Holiday(MONDAY, "Half", "half"),
    ]

    assert a_calendar(*entries).holidays[MONDAY].kind == "closed"
    assert a_calendar(*reversed(entries)).holidays[MONDAY].kind == "closed"


@pytest.mark.rule("S-14")
def test_today_is_the_campuss_day():
    late = datetime(2026, 3, 8, 19, 0, tzinfo=UTC)  # half past midnight in Puducherry

    assert a_calendar().today(late) == MONDAY
    assert a_calendar().instant(MONDAY, time(9, 30)) == datetime(2026, 3, 9, 4, 0, tzinfo=UTC)


@pytest.mark.rule("S-08")
def test_a_campus_knows_this_year_and_the_next_as_it_counts_them():
    new_year_there = datetime(2026, 12, 31, 18, 45, tzinfo=UTC)

    assert years_wanted("Asia/Kolkata", NOW) == (2026, 2027)
    assert years_wanted("Asia/Kolkata", new_year_there) == (2027, 2028)
    assert a_campus(years=(2026, 2027)).years_missing(new_year_there) == (2028,)
    assert a_campus(years=(2026, 2027)).years_missing(NOW) == ()


@pytest.mark.parametrize("zone", ["Asia/Pondicherry", "../etc/passwd", "", "Asia"])
def test_an_unknown_zone_is_named(zone):
    with pytest.raises(UnknownZone):
        years_wanted(zone, NOW)
