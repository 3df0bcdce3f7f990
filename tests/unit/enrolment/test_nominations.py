"""Nominations and approvals: who may ask for whom, who says yes, and that both are one queue."""

import pytest

from common.problem import NotFound
from enrolment.application.commands_approvals import (
    ApproveEnrolment,
    DeclineEnrolment,
    approve_enrolment,
    decline_enrolment,
)
from enrolment.application.commands_nominations import (
    AcceptNomination,
    NominatePerson,
    RefuseNomination,
    accept_nomination,
    nominate_person,
    refuse_nomination,
)
from enrolment.application.commands_withdrawals import WithdrawEnrolment, withdraw_enrolment
from enrolment.domain.approval import STEPS, Approval
from enrolment.domain.errors import (
    AlreadyActive,
    MandatoryNominee,
    MayNotNominate,
    NotYourPlace,
    NotYourStep,
    ReasonMissing,
    UnknownPerson,
)
from enrolment.domain.words import Actor
from tests.unit.enrolment.builders import COORDINATOR, KKL, NOW, PDY, acting, an_admin
from tests.unit.enrolment.world import World


async def nominate(world: World, offering, person, by: Actor, **fields):
    return await world.run(nominate_person, NominatePerson(offering.id, by, person.id, **fields))


async def approve(world: World, enrolment, by: Actor):
    return await world.run(approve_enrolment, ApproveEnrolment(enrolment.id, by))


async def test_a_course_that_needs_acceptance_asks_the_person_first():
    world = World()
    offering = await world.an_offering(course={"needs_acceptance": True})
    boss = await world.person()
    person = await world.person(supervisor=boss)

    nominated = await nominate(world, offering, person, acting(boss, "supervisor"))
    with pytest.raises(NotYourPlace):
        await world.run(accept_nomination, AcceptNomination(nominated.id, acting(boss)))
    accepted = await world.run(accept_nomination, AcceptNomination(nominated.id, acting(person)))

    assert (nominated.state, accepted.state) == ("nominated", "confirmed")
    assert await world.types() == ["enrolment.nominated", "enrolment.confirmed"]
    [told] = await world.told("nominated")
    assert (told["nominators"], told["accept_by"]) == ([str(boss.id)], "2026-03-12T06:30:00Z")


@pytest.mark.rule("E-01")
async def test_a_nominee_s_place_in_the_queue_is_that_of_the_nomination():
    world = World()
    offering = await world.an_offering(course={"needs_acceptance": True}, shares={PDY: 1})
    person = await world.person()
    nominated = await nominate(world, offering, person, COORDINATOR)
    await world.asked(offering, 3)

    accepted = await world.run(accept_nomination, AcceptNomination(nominated.id, acting(person)))

    assert (accepted.state, accepted.queue_no) == ("waitlisted", 1)
    assert [told["rank"] for told in await world.told("waitlisted")] == [1, 2, 1]


@pytest.mark.rule("N-08")
async def test_a_nominee_may_refuse_but_not_a_mandatory_one():
    world = World()
    offering = await world.an_offering(course={"needs_acceptance": True}, shares={PDY: 5})
    person, other = await world.people(2)
    nominated = await nominate(world, offering, person, COORDINATOR)

    refused = await world.run(refuse_nomination, RefuseNomination(nominated.id, acting(person)))
    mandatory = await nominate(world, offering, other, COORDINATOR, mandatory=True)

    assert refused.state == "declined"
    assert [told["reason"] for told in await world.told("declined")] == ["nomination-refused"]
    assert (mandatory.state, mandatory.mandatory) == ("confirmed", True)
    with pytest.raises(MandatoryNominee):
        await world.run(withdraw_enrolment, WithdrawEnrolment(mandatory.id, acting(other)))


@pytest.mark.rule("N-01")
async def test_two_nominators_make_one_enrolment_and_both_are_recorded():
    world = World()
    offering = await world.an_offering(approval="supervisor")
    boss = await world.person()
    person = await world.person(supervisor=boss)

    first = await nominate(world, offering, person, COORDINATOR)
    second = await nominate(world, offering, person, acting(boss, "supervisor"))
    with pytest.raises(AlreadyActive):
        await nominate(world, offering, person, COORDINATOR)

    assert second.id == first.id
    assert second.nominators == (COORDINATOR.person_id, boss.id)
    assert second.state == "confirmed", "nominating counts as the supervisor's own step (N-04)"


@pytest.mark.rule("N-01")
async def test_a_nominee_who_asks_for_themselves_has_accepted():
    world = World()
    offering = await world.an_offering(course={"needs_acceptance": True})
    person = await world.person()
    nominated = await nominate(world, offering, person, COORDINATOR)

    asked = await world.ask(offering, person)

    assert (asked.id, asked.state, asked.nominators) == (nominated.id, "confirmed", (COORDINATOR.person_id,))


async def test_a_nomination_is_withdrawn_with_its_last_nominator():
    world = World()
    offering = await world.an_offering(course={"needs_acceptance": True})
    boss = await world.person()
    person = await world.person(supervisor=boss)
    nominated = await nominate(world, offering, person, COORDINATOR)
    await nominate(world, offering, person, acting(boss, "supervisor"))

    still = await world.run(withdraw_enrolment, WithdrawEnrolment(nominated.id, acting(boss)))
    with pytest.raises(NotYourPlace):
        await world.run(withdraw_enrolment, WithdrawEnrolment(nominated.id, acting(person)))
    gone = await world.run(withdraw_enrolment, WithdrawEnrolment(nominated.id, COORDINATOR))

    assert (still.state, gone.state) == ("nominated", "withdrawn")
    assert len(await world.told("withdrawn")) == 1


@pytest.mark.rule("C1", "P-03")
async def test_who_may_nominate_whom():
    world = World()
    offering = await world.an_offering(shares={PDY: 9, KKL: 9})
    boss = await world.person()
    mine, colleague = await world.person(supervisor=boss), await world.person()
    [there] = await world.people(1, KKL)
    nominator = Actor(boss.id, frozenset({PDY}), frozenset({"nominator"}))

    assert (await nominate(world, offering, mine, acting(boss, "supervisor"))).state == "confirmed"
    assert (await nominate(world, offering, colleague, nominator)).state == "confirmed"
    assert (await nominate(world, offering, there, an_admin(KKL))).state == "confirmed"
    with pytest.raises(UnknownPerson):
        await nominate(world, offering, there, nominator)
    with pytest.raises(MayNotNominate):
        await nominate(world, offering, boss, nominator)
    with pytest.raises(NotFound):
        await nominate(world, offering, there, an_admin("yanam"))


@pytest.mark.rule("E-07")
async def test_approval_and_waitlist_are_one_queue():
    world = World()
    offering = await world.an_offering(approval="campus", shares={PDY: 1})
    first, second, third = await world.asked(offering, 3)
    admin = an_admin()

    assert [e.state for e in (first, second, third)] == ["requested"] * 3
    assert (await approve(world, third, admin)).state == "confirmed", "who is not approved yet blocks nobody (E-02)"
    assert (await approve(world, second, admin)).state == "waitlisted"
    assert (await approve(world, first, admin)).state == "waitlisted"
    assert [told["rank"] for told in await world.told("waitlisted")] == [1, 1], "the order of request decides"

    await world.run(withdraw_enrolment, WithdrawEnrolment(third.id, COORDINATOR, "on duty"))
    assert (await world.enrolment(first.id)).state == "offered"
    assert (await world.enrolment(second.id)).state == "waitlisted"


@pytest.mark.rule("N-04")
async def test_supervisor_then_campus():
    world = World()
    offering = await world.an_offering(approval="supervisor_then_campus")
    boss = await world.person()
    person = await world.person(supervisor=boss)
    enrolment = await world.ask(offering, person)
    [asked] = await world.told("requested")
    waiting = await world.service.queries.list_approvals(acting(boss), limit=9, after=None)

    with pytest.raises(NotYourStep):
        await approve(world, enrolment, an_admin())
    half = await approve(world, enrolment, acting(boss))
    at_campus = await world.service.queries.list_approvals(an_admin(), limit=9, after=None)
    done = await approve(world, half, an_admin())

    assert asked["approvers"] == [str(boss.id)]
    assert [row.id for row in waiting.items] == [row.id for row in at_campus.items] == [enrolment.id]
    assert (half.state, done.state) == ("requested", "confirmed")
    assert [told["approvers"] for told in await world.told("approval-advanced")] == [[]]
    assert (await world.service.queries.list_approvals(an_admin(), limit=9, after=None)).items == []


@pytest.mark.rule("N-04")
async def test_one_person_holding_both_steps_approves_once():
    world = World()
    offering = await world.an_offering(approval="supervisor_then_campus")
    boss = await world.person()
    enrolment = await world.ask(offering, await world.person(supervisor=boss))

    assert (await approve(world, enrolment, acting(boss, "supervisor", "campus_admin"))).state == "confirmed"


@pytest.mark.rule("N-04")
async def test_nobody_approves_themselves():
    world = World()
    offering = await world.an_offering(approval="campus")
    person = await world.person()
    enrolment = await world.ask(offering, person)

    with pytest.raises(NotYourStep):
        await approve(world, enrolment, acting(person, "campus_admin"))
    with pytest.raises(NotYourStep):
        await world.run(decline_enrolment, DeclineEnrolment(enrolment.id, acting(person, "campus_admin"), "no"))


@pytest.mark.rule("N-04")
async def test_who_is_their_own_supervisor_or_has_none_is_approved_by_the_campus():
    world = World()
    offering = await world.an_offering(approval="supervisor", shares={PDY: 2})
    [alone] = await world.people(1)
    enrolment = await world.ask(offering, alone)

    assert enrolment.waits_for_campus
    assert (await approve(world, enrolment, an_admin())).state == "confirmed"


@pytest.mark.rule("N-04")
def test_a_campus_admin_s_nomination_is_the_campus_s_step_only():
    trainee, boss = an_admin(), an_admin()
    approval = Approval(
        campus=PDY, trainee_id=trainee.person_id, supervisor_id=boss.person_id, left=STEPS["supervisor_then_campus"]
    )

    assert approval.nominated_by(an_admin(), NOW).left == ("supervisor",)
    assert approval.nominated_by(an_admin(KKL), NOW).left == ("supervisor", "campus")
    assert approval.nominated_by(boss, NOW).is_complete


@pytest.mark.rule("N-05")
async def test_a_request_keeps_the_policy_it_came_under():
    from dataclasses import replace

    world = World()
    offering = await world.an_offering(approval="campus")
    [enrolment] = await world.asked(offering, 1)
    now = await world.offering(offering.id)
    await world.put(offerings=[replace(now, policies=replace(now.policies, approval="supervisor_then_campus"))])

    assert (await approve(world, enrolment, an_admin())).state == "confirmed"


async def test_a_decline_needs_a_reason_which_stays_in_the_history():
    world = World()
    offering = await world.an_offering(approval="campus")
    [enrolment] = await world.asked(offering, 1)

    with pytest.raises(ReasonMissing):
        await world.run(decline_enrolment, DeclineEnrolment(enrolment.id, an_admin(), " "))
    declined = await world.run(decline_enrolment, DeclineEnrolment(enrolment.id, an_admin(), "needed on the ward"))

    assert declined.state == "declined"
    assert [told["reason"] for told in await world.told("declined")] == ["approver-declined"]
    history = await world.service.queries.get_history(an_admin(), enrolment.id)
    assert [(s.before, s.to) for s in history] == [("none", "requested"), ("requested", "declined")]
    assert history[-1].reason == "needed on the ward"
