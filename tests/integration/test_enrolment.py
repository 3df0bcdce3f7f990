"""Enrolment on the real database: what two processes decide at once, and what the reads and timers find there."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from common.mongo import MongoDatabase
from enrolment.adapters.indexes import INDEXES
from enrolment.application.commands_imports import (
    NOMINATION_COLUMNS,
    ImportNominations,
    advance_job,
    import_nominations,
)
from enrolment.application.commands_nominations import RequestEnrolment, request_enrolment
from enrolment.application.commands_offers import AcceptOffer, accept_offer, expire_offer
from enrolment.application.commands_withdrawals import WithdrawEnrolment, withdraw_enrolment
from enrolment.application.csv_upload import read_rows
from enrolment.domain.enrolment import HOLDS_SEAT, Enrolment
from enrolment.domain.person import Person
from sangam_local.system import System
from tests.unit.enrolment.builders import COORDINATOR, PDY, acting
from tests.unit.enrolment.world import World

Two = tuple[World, World]


@pytest.fixture
async def processes(parts: System) -> AsyncIterator[Two]:
    """Two of enrolment's processes on one database, patient on a busy machine."""
    name = f"enrolment_{uuid4().hex[:12]}"
    databases = [MongoDatabase(parts.mongo_url(), name, budget_s=30) for _ in range(2)]
    await databases[0].set_up(INDEXES)
    yield World(databases[0]), World(databases[1])
    for database in databases:
        database.close()


async def seats_add_up(world: World, offering_id: UUID) -> None:
    """The counts on the offering are those of its enrolments, and no number was given twice."""
    offering = await world.offering(offering_id)
    enrolments = await world.enrolments(offering)
    for name, share in offering.shares.items():
        mine = [e for e in enrolments if e.share == name]
        assert share.held == sum(e.state in HOLDS_SEAT for e in mine) <= share.seats
        assert share.waiting == sum(e.state == "waitlisted" for e in mine)
    numbers = [e.queue_no for e in enrolments]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.rule("E-15", "S1")
async def test_two_hundred_requests_for_one_seat_in_two_processes(processes: Two) -> None:
    offering = await processes[0].an_offering(shares={PDY: 1})
    people = await processes[0].people(200)

    async def one(n: int, person: Person) -> Enrolment:
        command = RequestEnrolment(offering.id, acting(person))
        return await processes[n % 2].together(request_enrolment, command, offering.id)

    answers = await asyncio.gather(*(one(n, person) for n, person in enumerate(people)))

    assert Counter(e.state for e in answers) == {"confirmed": 1, "waitlisted": 199}
    assert sorted(e.queue_no for e in answers) == list(range(1, 201))
    await seats_add_up(processes[1], offering.id)
    rows = await processes[1].service.queries.list_enrolments(
        COORDINATOR, offering_id=offering.id, state="waitlisted", share=None, limit=200, after=None
    )
    by_number = sorted(rows.items, key=lambda row: row.queue_no)
    assert [row.rank for row in by_number] == list(range(1, 200)), "a total order"


@pytest.mark.rule("E-17")
async def test_one_person_asking_two_offerings_of_a_course_at_once_gets_one(processes: Two) -> None:
    one, other = processes
    first = await one.an_offering(shares={PDY: 5})
    second = await one.an_offering(shares={PDY: 5}, course_id=first.course_id)
    for person in await one.people(5):
        answers = await asyncio.gather(one.ask(first, person), other.ask(second, person), return_exceptions=True)
        assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyInCourse", "Enrolment"]

    await seats_add_up(one, first.id)
    await seats_add_up(one, second.id)


@pytest.mark.rule("E-03", "S1")
async def test_seats_freed_at_once_are_each_offered_once(processes: Two) -> None:
    one, other = processes
    offering = await one.an_offering(shares={PDY: 6})
    asked = await one.asked(offering, 15)

    leaving = [
        (one if n % 2 else other).run(withdraw_enrolment, WithdrawEnrolment(e.id, COORDINATOR, "on duty"))
        for n, e in enumerate(asked[:6])
    ]
    await asyncio.gather(*leaving)

    states = [(await one.enrolment(e.id)).state for e in asked[6:]]
    assert states == ["offered"] * 6 + ["waitlisted"] * 3
    await seats_add_up(one, offering.id)


@pytest.mark.rule("E-04")
async def test_an_acceptance_and_the_expiry_race_and_one_wins(processes: Two) -> None:
    one, other = processes
    offering = await one.an_offering(shares={PDY: 1})
    people = await one.people(3)
    holder, waiter, _ = [await one.ask(offering, person) for person in people]
    await one.run(withdraw_enrolment, WithdrawEnrolment(holder.id, COORDINATOR, "on duty"))
    offered = await one.enrolment(waiter.id)
    assert offered.offer
    one.at(offered.offer.deadline)
    other.at(offered.offer.deadline + timedelta(milliseconds=1))
    accept = AcceptOffer(waiter.id, acting(people[1]), 1)

    answer, _ = await asyncio.gather(
        one.run(accept_offer, accept), other.do(lambda tx: expire_offer(waiter.id, tx)), return_exceptions=True
    )

    won = (await one.enrolment(waiter.id)).state == "confirmed"
    assert won == isinstance(answer, Enrolment)
    assert won or type(answer).__name__ == "OfferDeadlinePassed"
    await seats_add_up(one, offering.id)


@pytest.mark.rule("N-03")
async def test_two_workers_on_one_job_decide_every_row_once(processes: Two) -> None:
    one, other = processes
    offering = await one.an_offering(shares={PDY: 50})
    people = await one.people(320)
    csv = "employee_id,mandatory\n" + "".join(f"{person.employee_id},\n" for person in people)
    rows = read_rows(csv.encode(), NOMINATION_COLUMNS)
    job = await one.run(import_nominations, ImportNominations(offering.id, COORDINATOR, rows))

    due = await other.service.due.chunks_to_advance(one.now)
    await asyncio.gather(*((one if n % 2 else other).run(advance_job, id) for n, id in enumerate(due)))

    seen = await other.service.queries.get_job(COORDINATOR, job.id)
    assert (seen.state, seen.accepted, seen.refused) == ("done", 320, 0)
    results = await other.service.queries.list_results(COORDINATOR, job.id, outcome=None, limit=200, after=200)
    assert [row.row for row in results.items] == list(range(201, 321))
    await seats_add_up(one, offering.id)
    in_order = sorted(await one.enrolments(offering), key=lambda e: e.queue_no)
    assert [e.person_id for e in in_order] == [person.id for person in people], "the order of the file"


async def test_timers_find_what_is_due(processes: Two) -> None:
    one, other = processes
    offering = await one.an_offering(shares={PDY: 1}, release_at=one.now + timedelta(days=1))
    holder, waiter = await one.asked(offering, 2)
    await one.run(withdraw_enrolment, WithdrawEnrolment(holder.id, COORDINATOR, "on duty"))
    due = other.service.due
    later = one.now + timedelta(days=30)

    assert await due.offers_past_deadline(one.now) == []
    assert list(await due.offers_past_deadline(later)) == [waiter.id]
    assert list(await due.windows_to_close(later)) == [offering.id]
    assert list(await due.shares_to_release(later)) == [offering.id]
    assert await due.offerings_to_start(later) == []
    assert await due.questions_past_deadline(later) == []
    assert await due.follow_ups(later) == []
