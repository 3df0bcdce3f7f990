"""C-01: who has completed."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from enrolment.domain.completion import Attendance, Mark, PlannedSession, is_complete, is_over
from tests.unit.enrolment.builders import NOW

PERSON = uuid4()
OFFERING = uuid4()


def a_session(*, mandatory: bool = False, cancelled: bool = False) -> PlannedSession:
    return PlannedSession(
        id=uuid4(), offering_id=OFFERING, revision=1, start=NOW, end=NOW + timedelta(minutes=100), zone="UTC",
        mandatory=mandatory, cancelled=cancelled,
    )  # fmt: skip


def completes(*told: tuple[str, bool], percent: int = 80) -> bool:
    """`told`: status (partial with its minutes of 100) and whether the session is mandatory."""
    sessions, attendance = [], dict[UUID, Attendance]()
    for status, mandatory in told:
        session = a_session(mandatory=mandatory)
        word, _, minutes = status.partition(" ")
        mark = Mark(word, int(minutes) if minutes else None)
        sessions.append(session)
        attendance[session.id] = Attendance(id=session.id, offering_id=OFFERING, marks={str(PERSON): mark})
    return is_complete(PERSON, sessions, attendance, percent)


@pytest.mark.rule("C-01")
@pytest.mark.parametrize(
    ("told", "complete"),
    [
        ([("present", False)] * 5, True),
        ([("present", False)] * 4 + [("absent", False)], True),
        ([("present", False)] * 3 + [("absent", False)] * 2, False),
        ([("late", False)] * 4 + [("absent", False)], True),
        ([("present", False)] * 4 + [("absent", True)], False),
        ([("excused", False), ("present", False)], True),
        ([("excused", True), ("present", False), ("present", False), ("present", False), ("present", False)], False),
        ([("excused", False)] * 3, False),
        ([("partial 80", False)], True),
        ([("partial 79", False)], False),
        ([("partial 79", True)] + [("present", False)] * 9, False),
        ([("partial 80", True)] + [("present", False)] * 9, True),
        ([("partial", False)], False),
        ([("partial 500", False), ("absent", False)], False),
        ([("unheard-of", False)], False),
    ],
)
def test_who_has_completed(told, complete):
    assert completes(*told) == complete


def test_who_is_not_marked_was_absent():
    session = a_session()

    assert not is_complete(
        PERSON, [session], {session.id: Attendance(id=session.id, offering_id=OFFERING, marks={})}, 80
    )


@pytest.mark.rule("C-01")
def test_an_offering_is_over_when_attendance_of_all_that_took_place_is_known():
    held, cancelled = a_session(), a_session(cancelled=True)
    known = {held.id: Attendance(id=held.id, offering_id=OFFERING, marks={})}

    assert is_over([held, cancelled], known)
    assert not is_over([held, a_session()], known)
    assert not is_over([cancelled], known)
    assert not is_over([], {})
