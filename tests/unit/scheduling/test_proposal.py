"""Where a drafted offering's sessions are proposed, and why some are not."""

from datetime import date, time, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.calendar import Holiday
from scheduling.domain.copies import PlannedPart
from scheduling.domain.guard import Resource
from scheduling.domain.interval import Interval
from scheduling.domain.proposal import Proposal, Wanted, propose
from tests.unit.scheduling.builders import (
    KARAIKAL,
    MONDAY,
    NOW,
    PUDUCHERRY,
    a_calendar,
    a_facilitator,
    a_room,
    local,
)

COURSE = uuid4()


def parts(*days: int, start: str = "09:30", minutes: int = 360) -> list[PlannedPart]:
    return [PlannedPart(n, day, time.fromisoformat(start), minutes, True) for n, day in enumerate(days, start=1)]


def a_wish(**fields) -> Wanted:
    given = {
        "offering_id": uuid4(),
        "campus": PUDUCHERRY,
        "calendar": a_calendar(),
        "parts": parts(1, 2, 3),
        "rooms": [a_room()],
        "facilitators": [a_facilitator(COURSE)],
        "team": 1,
        "earliest": MONDAY,
        "now": NOW,
    }
    return Wanted(**(given | fields))


def busy(*taken):
    """(room or facilitator, day, from, to) as guards would tell."""
    return {
        Resource("room" if hasattr(who, "label") else "facilitator", who.id): [
            Interval(local(day, start), local(day, end))
        ]
        for who, day, start, end in taken
    }


def days(proposal: Proposal) -> list[date]:
    return [a_calendar().today(placed.interval.start) for placed in proposal.placed]


def reasons(proposal: Proposal) -> list[tuple[int, str]]:
    return [(unplaced.part, unplaced.reason) for unplaced in proposal.unplaced]


def test_three_days_are_proposed_on_the_first_working_days():
    friday = MONDAY - timedelta(days=3)

    proposal = propose(a_wish(earliest=friday), {}, 30)

    assert days(proposal) == [friday, MONDAY, MONDAY + timedelta(days=1)]
    assert proposal.unplaced == []
    assert proposal.placed[0].interval == Interval(local(friday, "09:30"), local(friday, "15:30"))


@pytest.mark.rule("S-08")
def test_holidays_and_half_days_that_are_too_short_are_left_out():
    calendar = a_calendar(
        Holiday(MONDAY, "Pongal", "closed"), Holiday(MONDAY + timedelta(days=2), "Founders' day", "half")
    )

    proposal = propose(a_wish(calendar=calendar), {}, 30)

    assert days(proposal) == [MONDAY + timedelta(days=n) for n in (1, 3, 4)]


def test_a_restricted_holiday_is_a_working_day():
    calendar = a_calendar(Holiday(MONDAY, "Rath Yatra", "restricted"))

    assert days(propose(a_wish(calendar=calendar, parts=parts(1)), {}, 30)) == [MONDAY]


@pytest.mark.rule("S-04")
def test_the_smallest_room_that_is_free_on_all_days_is_taken():
    tuesday = MONDAY + timedelta(days=1)
    small, middle, large = (a_room(capacity=n, label=str(n)) for n in (35, 40, 90))

    proposal = propose(a_wish(rooms=[large, middle, small]), busy((small, tuesday, "11:00", "12:00")), 30)

    assert {placed.room.id for placed in proposal.placed} == {middle.id}
    assert days(proposal)[1] == tuesday


def test_without_a_room_for_all_days_it_changes_as_seldom_as_it_can():
    tuesday = MONDAY + timedelta(days=1)
    one, other = a_room(label="A"), a_room(label="B")
    taken = busy((one, MONDAY, "11:00", "12:00"), (other, tuesday, "11:00", "12:00"))

    proposal = propose(a_wish(rooms=[one, other], parts=parts(1, 2, 3)), taken, 30)

    assert [placed.room.label for placed in proposal.placed] == ["B", "A", "A"]


@pytest.mark.rule("S-01")
def test_a_room_that_is_free_from_the_minute_on_is_free():
    room = a_room()
    wish = a_wish(rooms=[room], parts=parts(1))

    assert days(propose(wish, busy((room, MONDAY, "08:00", "09:30")), 30)) == [MONDAY]
    assert days(propose(wish, busy((room, MONDAY, "08:00", "09:31")), 30)) == [MONDAY + timedelta(days=1)]


@pytest.mark.rule("S-05")
def test_ones_own_facilitators_come_first_and_stay_for_all_days():
    own = [a_facilitator(COURSE) for _ in range(3)]
    other = a_facilitator(COURSE, campus=KARAIKAL)

    proposal = propose(a_wish(facilitators=[other, *own], team=2), {}, 30)

    teams = {placed.facilitators for placed in proposal.placed}
    assert len(teams) == 1
    assert set(next(iter(teams))) < {f.id for f in own}


def test_a_day_on_which_the_team_is_not_free_is_left_out():
    one = a_facilitator(COURSE)

    proposal = propose(a_wish(facilitators=[one], parts=parts(1)), busy((one, MONDAY, "15:00", "16:00")), 30)

    assert days(proposal) == [MONDAY + timedelta(days=1)]


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"rooms": []}, "no-room-fits"),
        ({"team": 2}, "too-few-facilitators"),
        ({"earliest": date(9999, 12, 31)}, "too-far"),
    ],
)
def test_what_waiting_cannot_help_is_said_at_once(wish, reason):
    proposal = propose(a_wish(**wish), {}, 30)

    assert reasons(proposal) == [(1, reason), (2, reason), (3, reason)]
    assert not proposal.needs_a_longer_look


def test_without_a_free_day_the_rest_is_unplaced():
    proposal = propose(a_wish(), {}, 2)

    assert days(proposal) == [MONDAY, MONDAY + timedelta(days=1)]
    assert reasons(proposal) == [(3, "no-free-day")]
    assert proposal.needs_a_longer_look


def test_parts_that_no_day_could_hold_are_named():
    day = [
        PlannedPart(1, 1, time(9), 120, True),
        PlannedPart(2, 1, time(10), 60, True),
        PlannedPart(3, 1, time(11), 60, True),
        PlannedPart(4, 1, time(13), 0, True),
    ]

    proposal = propose(a_wish(parts=day), {}, 30)

    assert [placed.part.part for placed in proposal.placed] == [1, 3]
    assert reasons(proposal) == [(2, "cannot-be"), (4, "cannot-be")]


def test_nothing_is_proposed_for_a_time_that_is_over():
    monday = NOW.date()

    assert days(propose(a_wish(earliest=monday, parts=parts(1, start="09:30")), {}, 30)) == [monday + timedelta(days=1)]
    assert days(propose(a_wish(earliest=monday, parts=parts(1, start="09:31")), {}, 30)) == [monday]


def test_a_part_over_midnight_is_not_followed_by_one_that_overlaps_it():
    night = [PlannedPart(1, 1, time(22), 600, True), PlannedPart(2, 2, time(7), 60, True)]

    first, second = propose(a_wish(parts=night), {}, 30).placed

    assert not first.interval.overlaps(second.interval)
    assert second.interval.start > first.interval.end


hours = st.integers(0, 23)
bookings = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), hours, st.integers(1, 9)), max_size=25)


@pytest.mark.rule("S-02", "S-08")
@settings(max_examples=60)
@given(bookings, st.lists(st.tuples(st.integers(1, 3), hours, st.integers(1, 500)), min_size=1, max_size=5))
def test_what_is_proposed_is_free_on_working_days_and_in_order(taken, plan):
    rooms, people = [a_room(label=n) for n in "AB"], [a_facilitator(COURSE) for _ in range(2)]
    resources = [*(Resource("room", r.id) for r in rooms), *(Resource("facilitator", f.id) for f in people)]
    occupied: dict[Resource, list[Interval]] = {}
    for who, day, hour, length in taken:
        start = local(MONDAY + timedelta(days=day), f"{hour:02}:00")
        occupied.setdefault(resources[who], []).append(Interval(start, start + timedelta(hours=length)))
    planned = [PlannedPart(n, day, time(hour), minutes, True) for n, (day, hour, minutes) in enumerate(plan)]
    calendar = a_calendar(Holiday(MONDAY + timedelta(days=1), "Pongal", "closed"))

    proposal = propose(a_wish(calendar=calendar, rooms=rooms, facilitators=people, parts=planned), occupied, 40)

    assert len(proposal.placed) + len(proposal.unplaced) == len(planned)
    for placed in proposal.placed:
        assert calendar.closure(placed.interval) is None
        for resource in (Resource("room", placed.room.id), *(Resource("facilitator", f) for f in placed.facilitators)):
            assert not any(placed.interval.overlaps(other) for other in occupied.get(resource, []))
    ends = [(placed.part.day, placed.interval) for placed in proposal.placed]
    for (day, interval), (next_day, following) in pairwise(ends):
        assert interval.end <= following.start
        assert day == next_day or calendar.today(interval.start) < calendar.today(following.start)


def test_the_same_wish_gets_the_same_draft():
    wish = a_wish(
        rooms=[a_room(label=n) for n in "ABC"], facilitators=[a_facilitator(COURSE) for _ in range(5)], team=2
    )

    assert propose(wish, {}, 30) == propose(wish, {}, 30)
