"""What may happen to a session, and when people are asked again."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.errors import (
    SessionHeld,
    SessionNotScheduled,
    SessionStarted,
    StartInPast,
    TooEarly,
    TooLong,
)
from scheduling.domain.session import Session, Site, WhenWhere
from tests.unit.scheduling.builders import KARAIKAL, MONDAY, NOW, a_calendar, a_session, local

EVERY_DAY = a_calendar(week=(1, 2, 3, 4, 5, 6, 7))
TEN = local(MONDAY, "10:00")


def moved(session: Session, minutes: int) -> WhenWhere:
    by = timedelta(minutes=minutes)
    return session.when._replace(start=session.when.start + by, end=session.when.end + by)


@pytest.mark.rule("S-09")
@pytest.mark.parametrize(("minutes", "material"), [(60, False), (-60, False), (61, True), (24 * 60, True)])
def test_up_to_an_hour_on_the_same_day_is_minor(minutes, material):
    session = a_session(TEN)

    assert session.reschedule(moved(session, minutes), NOW, EVERY_DAY)[1] is material


@pytest.mark.rule("S-09")
def test_an_hour_over_midnight_is_another_day_and_so_material():
    session = a_session(local(MONDAY, "23:30"))

    assert session.reschedule(moved(session, 45), NOW, EVERY_DAY)[1] is True


@pytest.mark.rule("S-09")
def test_a_later_end_counts_as_a_later_start_does():
    session = a_session(TEN)
    longer = session.when._replace(end=session.when.end + timedelta(minutes=61))

    assert session.reschedule(longer, NOW, EVERY_DAY)[1] is True


@pytest.mark.rule("S-09")
def test_another_room_is_minor_another_campus_or_online_is_material():
    session = a_session(TEN)
    room = Site(session.campus, uuid4(), "Lab")

    assert session.reschedule(session.when._replace(sites=(room,)), NOW, EVERY_DAY)[1] is False
    assert session.reschedule(session.when._replace(sites=(room._replace(campus=KARAIKAL),)), NOW, EVERY_DAY)[1] is True
    assert session.reschedule(session.when._replace(sites=(room._replace(online=True),)), NOW, EVERY_DAY)[1] is True


@pytest.mark.rule("S-09")
def test_two_small_moves_add_up_to_a_material_one():
    session = a_session(TEN)

    once, first = session.reschedule(moved(session, 40), NOW, EVERY_DAY)
    twice, second = once.reschedule(moved(once, 40), NOW, EVERY_DAY)
    _, back = twice.reschedule(moved(twice, -60), NOW, EVERY_DAY)

    assert (first, second, back) == (False, True, False)


@pytest.mark.rule("S-09")
@given(st.lists(st.integers(-300, 300).filter(bool), min_size=1, max_size=8))
def test_people_are_never_left_more_than_an_hour_off_what_they_were_asked_about(steps):
    session = a_session(TEN + timedelta(hours=2))
    asked = session.when

    for step in steps:
        session, material = session.reschedule(moved(session, step), NOW, EVERY_DAY)
        asked = session.when if material else asked
        assert abs(session.when.start - asked.start) <= timedelta(hours=1)

    assert session.revision == 1 + len(steps)


def test_a_draft_is_edited_without_a_revision():
    draft = a_session(TEN, state="draft", revision=0, settled=None)

    after, material = draft.reschedule(moved(draft, 500), NOW, EVERY_DAY)

    assert (after.revision, material, after.settled) == (0, False, None)


def test_the_past_and_the_very_far_are_refused():
    session = a_session(TEN)
    gone = session.when._replace(start=NOW, end=NOW + timedelta(hours=1))
    long = session.when._replace(end=session.when.end + timedelta(hours=24))

    with pytest.raises(StartInPast):
        session.reschedule(gone, NOW, EVERY_DAY)
    with pytest.raises(TooLong):
        session.reschedule(long, NOW, EVERY_DAY)
    with pytest.raises(TooLong):
        session.reschedule(moved(session, 800 * 24 * 60), NOW, EVERY_DAY)
    with pytest.raises(SessionStarted):
        session.reschedule(moved(session, 60), TEN, EVERY_DAY)


def test_what_is_over_is_neither_moved_nor_cancelled():
    held, cancelled = a_session(TEN, state="held"), a_session(TEN, state="cancelled")

    with pytest.raises(SessionHeld):
        held.cancel("")
    with pytest.raises(SessionNotScheduled):
        cancelled.reschedule(moved(cancelled, 60), NOW, EVERY_DAY)
    with pytest.raises(SessionNotScheduled):
        replace(held, state="draft").cancel("")


@pytest.mark.rule("S-15")
def test_attendance_opens_thirty_minutes_before():
    session = a_session(TEN)

    with pytest.raises(TooEarly) as refused:
        session.hold(TEN - timedelta(minutes=30, seconds=1))

    assert refused.value.members["opens"] == (TEN - timedelta(minutes=30)).isoformat()
    assert session.hold(TEN - timedelta(minutes=30)).state == "held"
    assert session.hold(TEN + timedelta(days=9)).state == "held"
