"""What enrolment's facts change here, in whatever order topics bring them."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from common import telemetry, waiting
from common.problem import NotFound
from common.subscriptions import subscription
from scheduling.application.commands_people import RecordFacilitator, record_facilitator
from scheduling.application.commands_places import record
from scheduling.application.commands_sessions import CancelSession, cancel_session
from scheduling.application.commands_timetable import ProposeTimetable, propose_timetable
from scheduling.application.incoming import (
    CertificateIssued,
    CourseRecorded,
    EnrolmentLapsed,
    EnrolmentWithdrawn,
    OfferingCancelled,
    OfferingChanged,
    PersonErased,
    PersonRecorded,
)
from scheduling.application.ports import SchedulingTransaction
from scheduling.domain.campus import Campus
from scheduling.worker.subscriptions import SUBSCRIPTIONS
from scheduling.worker.waiting import waiting as waiting_here
from tests.unit.scheduling.builders import (
    COORDINATOR,
    KARAIKAL,
    MONDAY,
    PUDUCHERRY,
    a_campus,
    a_confirmation,
    a_course,
    a_facilitator,
    a_part,
    a_person,
    a_room,
    an_offering,
    local,
)
from tests.unit.scheduling.world import World


async def counted(world: World, what: str) -> tuple[float, float]:
    """How many wait, and how many of them too long, as the metrics have it."""
    await waiting.count(waiting_here(lambda: world.now), world.database)
    return telemetry.WAITING.labels(what)._value.get(), telemetry.WAITING_TOO_LONG.labels(what)._value.get()


async def places(world: World, course_id) -> None:
    await world.put(campuses=[a_campus()], rooms=[a_room()], facilitators=[a_facilitator(course_id)])


async def test_a_drafted_offering_gets_draft_sessions_from_the_session_plan():
    world, course = World(), a_course(a_part(1), a_part(2), a_part(3, mandatory=False))
    await places(world, course.course_id)

    await world.hear(course, offering := an_offering(course.course_id))

    view = await world.timetable(offering.offering_id)
    assert view.timetable.state == "draft"
    assert [s.when.start for s in view.sessions] == [local(MONDAY + timedelta(days=n), "09:30") for n in range(3)]
    assert [s.mandatory for s in view.sessions] == [True, True, False]
    assert {s.state for s in view.sessions} == {"draft"}
    assert await world.told() == []


@pytest.mark.rule("S-05")
async def test_a_facilitator_of_another_campus_helps_out_only_where_ones_own_are_too_few():
    world, course = World(), a_course(facilitators_needed=2)
    own, other = a_facilitator(course.course_id), a_facilitator(course.course_id, campus=KARAIKAL)
    mute = a_facilitator(course.course_id, languages=frozenset({"hi"}))
    unqualified = a_facilitator(uuid4())
    await world.put(campuses=[a_campus()], rooms=[a_room()], facilitators=[own, other, mute, unqualified])

    await world.hear(course, offering := an_offering(course.course_id))
    [session] = (await world.timetable(offering.offering_id)).sessions
    assert session.facilitators == (own.id, other.id)

    await world.put(facilitators=[second := a_facilitator(course.course_id)])
    await world.run(propose_timetable, ProposeTimetable(offering.offering_id, COORDINATOR))
    [session] = (await world.timetable(offering.offering_id)).sessions
    assert set(session.facilitators) == {own.id, second.id}


async def test_an_offering_that_overtakes_its_course_is_proposed_when_the_course_comes():
    world, course = World(), a_course()
    await places(world, course.course_id)

    await world.hear(offering := an_offering(course.course_id))
    before = await world.timetable(offering.offering_id)
    await world.hear(course)
    after = await world.timetable(offering.offering_id)

    assert (before.timetable.state, before.timetable.waiting_for) == ("none", course.course_id)
    assert (after.timetable.state, len(after.sessions), after.timetable.waiting_for) == ("draft", 1, None)


@pytest.mark.rule("D1")
async def test_however_many_offerings_wait_for_a_course_it_is_known_at_once_and_they_are_proposed_by_and_by():
    """Together they would be more than one transaction writes, and the course would never come."""
    world, course = World(), a_course()
    await places(world, course.course_id)
    offerings = [an_offering(course.course_id) for _ in range(12)]
    for offering in offerings:
        await world.hear(offering)

    await world.hear(course)
    waiting = [row for row in world.stored("timetables").values() if row["waiting_for"]]
    await world.tick("propose-waiting")

    assert (len(world.stored("courses")), len(waiting)) == (1, 11)
    assert {row["state"] for row in world.stored("timetables").values()} == {"draft"}


async def test_the_timer_proposes_what_missed_its_course_and_alarms_after_ten_minutes():
    world, course = World(), a_course()
    await places(world, course.course_id)
    await world.hear(offering := an_offering(course.course_id))
    await world.tick("propose-waiting")
    assert (await world.timetable(offering.offering_id)).timetable.state == "none"

    world.now += timedelta(minutes=11)
    await world.tick("propose-waiting")
    assert await counted(world, "timetables") == (1, 1)
    await world.hear(course)
    await world.tick("propose-waiting")

    assert await counted(world, "timetables") == (0, 0)
    assert (await world.timetable(offering.offering_id)).timetable.state == "draft"


async def test_a_draft_follows_the_offering_a_released_timetable_does_not():
    world = World()
    offering_id = await world.drafted()
    [course] = await world.do(lambda tx: tx.courses.where())

    def changed(revision, **fields):
        event = an_offering(course.id, offering_id=offering_id, revision=revision, **fields)
        return OfferingChanged(**event.model_dump())

    later = MONDAY + timedelta(days=7)
    await world.hear(changed(2, earliest_start=later))
    [session] = (await world.timetable(offering_id)).sessions
    assert session.when.start == local(later, "09:30")
    await world.release(offering_id)
    await world.hear(changed(3, earliest_start=MONDAY))

    [session] = (await world.timetable(offering_id)).sessions
    assert (session.state, session.when.start) == ("scheduled", local(later, "09:30"))


async def test_a_new_label_leaves_the_planners_draft_alone():
    world = World()
    offering_id = await world.drafted()
    [course] = await world.do(lambda tx: tx.courses.where())
    [before] = (await world.timetable(offering_id)).sessions

    event = an_offering(course.id, offering_id=offering_id, revision=2, label="Another name")
    await world.hear(OfferingChanged(**event.model_dump()))

    assert [s.id for s in (await world.timetable(offering_id)).sessions] == [before.id]


async def test_a_campus_that_nobody_recorded_is_named_as_the_reason():
    world, course = World(), a_course(a_part(1), a_part(2))

    await world.hear(course, offering := an_offering(course.course_id, owner_campus="atlantis"))

    unplaced = (await world.timetable(offering.offering_id)).timetable.unplaced
    assert [tuple(u) for u in unplaced] == [(1, "campus-unknown"), (2, "campus-unknown")]


async def test_an_offering_in_the_far_future_is_answered_with_a_reason():
    world, course = World(), a_course()
    await places(world, course.course_id)

    await world.hear(course, offering := an_offering(course.course_id, earliest_start="9999-12-31"))

    [unplaced] = (await world.timetable(offering.offering_id)).timetable.unplaced
    assert unplaced.reason == "too-far"


@pytest.mark.rule("S-10")
async def test_a_cancelled_offering_cancels_its_sessions_once_and_frees_what_they_held():
    world = World()
    offering_id = await world.released()
    cancelled = OfferingCancelled(offering_id=offering_id, revision=9)

    await world.hear(cancelled, cancelled)

    [session] = (await world.timetable(offering_id)).sessions
    [fact] = await world.told("session.cancelled")
    assert (session.state, fact["because"], fact["schedule_revision"]) == ("cancelled", "offering-cancelled", 2)
    assert session.when.sites[0].room_label
    guards = await world.do(lambda tx: tx.guards.where())
    assert guards
    assert not any(guard.bookings for guard in guards)


@pytest.mark.rule("S-10")
async def test_a_session_that_was_cancelled_before_is_not_told_again():
    world = World()
    offering_id = await world.released()
    [session] = (await world.timetable(offering_id)).sessions
    await world.run(cancel_session, CancelSession(session.id, COORDINATOR, "ill", session.version))

    await world.hear(OfferingCancelled(offering_id=offering_id, revision=9))

    assert [fact["because"] for fact in await world.told("session.cancelled")] == ["own"]


@pytest.mark.rule("S-10")
async def test_drafts_of_a_cancelled_offering_vanish():
    world = World()
    offering_id = await world.drafted()

    await world.hear(OfferingCancelled(offering_id=offering_id, revision=2))

    view = await world.timetable(offering_id)
    assert (view.timetable.state, view.sessions) == ("none", [])
    assert await world.told() == []


async def test_the_roster_follows_who_holds_a_seat():
    world = World()
    offering_id = uuid4()
    stays, leaves, lapses = (a_confirmation(offering_id, revision=3) for _ in range(3))

    def gone(kind, entry, revision):
        return kind(
            offering_id=entry.offering_id,
            enrolment_id=entry.enrolment_id,
            person_id=entry.person_id,
            revision=revision,
        )

    await world.hear(stays, leaves, lapses, gone(EnrolmentWithdrawn, leaves, 4), gone(EnrolmentLapsed, lapses, 4))
    await world.hear(gone(EnrolmentLapsed, a_confirmation(offering_id), 1))  # never held a seat

    coming = await world.do(lambda tx: tx.roster.where(comes=True))
    assert [entry.person_id for entry in coming] == [stays.person_id]


async def test_who_comes_back_is_on_the_roster_again():
    world, entry = World(), a_confirmation(uuid4(), revision=3)
    left = EnrolmentWithdrawn(**entry.model_dump() | {"revision": 4})

    await world.hear(entry, left, entry.model_copy(update={"revision": 7, "share": "karaikal"}))

    [coming] = await world.do(lambda tx: tx.roster.where(comes=True))
    assert (coming.share, coming.revision) == ("karaikal", 7)


async def test_a_certificate_makes_its_holder_a_facilitator_and_extends_one_who_is():
    world, person, first, second = World(), a_person(), uuid4(), uuid4()
    await world.hear(person)

    await world.hear(CertificateIssued(person_id=person.person_id, qualifies_for=[first]))
    await world.hear(CertificateIssued(person_id=person.person_id, qualifies_for=[second]))

    facilitator = await world.facilitator(person.person_id)
    assert facilitator
    assert facilitator.campus == PUDUCHERRY
    assert facilitator.courses == {first, second}
    assert facilitator.languages == {"ta", "en"}


async def test_a_certificate_that_qualifies_for_nothing_makes_nobody_a_facilitator():
    world, person = World(), a_person()

    await world.hear(person, CertificateIssued(person_id=person.person_id, qualifies_for=[]))

    assert await world.facilitator(person.person_id) is None


async def test_a_holder_whom_the_directory_tells_of_later_gets_campus_and_languages_then():
    world, person, course = World(), a_person(), uuid4()

    await world.hear(CertificateIssued(person_id=person.person_id, qualifies_for=[course]))
    before = await world.facilitator(person.person_id)
    await world.hear(person)
    after = await world.facilitator(person.person_id)

    assert before
    assert after
    assert (before.campus, before.delivers(course, "ta")) == (None, False)
    assert (after.campus, after.delivers(course, "ta")) == (PUDUCHERRY, True)


@pytest.mark.rule("P-01")
async def test_an_erased_person_is_no_copy_and_no_facilitator_any_more():
    world, course = World(), a_course()
    person = a_person()
    await world.put(campuses=[a_campus()])
    await world.hear(course, person, CertificateIssued(person_id=person.person_id, qualifies_for=[course.course_id]))
    assert await world.facilitator(person.person_id)

    await world.hear(PersonErased(person_id=person.person_id))

    assert await world.facilitator(person.person_id) is None
    assert await world.do(lambda tx: tx.people.find(person.person_id)) is None
    with pytest.raises(NotFound):
        await world.run(
            record_facilitator,
            RecordFacilitator(
                actor=COORDINATOR,
                person_id=person.person_id,
                campus=PUDUCHERRY,
                courses=frozenset({course.course_id}),
                languages=frozenset({"en"}),
            ),
        )


@pytest.mark.rule("P-01")
@pytest.mark.parametrize("name", ["people", "courses"])
async def test_what_a_tombstone_names_is_no_copy_any_more(name: str):
    world, course, person = World(), a_course(), a_person()
    await world.hear(course, person)
    kind, key = (PersonRecorded, person.person_id) if name == "people" else (CourseRecorded, course.course_id)
    gone = subscription(SUBSCRIPTIONS[kind]).gone
    assert gone

    await world.do(lambda tx: gone(str(key), tx))
    await world.do(lambda tx: gone(str(key), tx))

    assert await world.do(lambda tx: getattr(tx, name).find(key)) is None


@pytest.mark.rule("P-01")
async def test_the_nightly_repair_tells_every_campus_again():
    world = World()
    campus = a_campus()
    await world.do(partial(_recorded, campus))
    [first] = await world.told("campus.recorded")

    assert await world.service.states.repair() == 1

    assert await world.told("campus.recorded") == [first, first]


async def _recorded(campus: Campus, tx: SchedulingTransaction) -> None:
    record(None, campus, tx)
