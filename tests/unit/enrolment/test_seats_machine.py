"""Anything that can happen to the seats of one offering, in any order: nothing is ever oversold, nobody is jumped."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from common.problem import Problem
from enrolment.application.commands_approvals import ApproveEnrolment, approve_enrolment
from enrolment.application.commands_offerings import ChangeOffering, change_offering
from enrolment.application.commands_offers import AcceptOffer, RefuseOffer, accept_offer, refuse_offer
from enrolment.application.commands_withdrawals import WithdrawEnrolment, withdraw_enrolment
from enrolment.domain.enrolment import HOLDS_SEAT, Enrolment
from enrolment.domain.offering import Offering
from enrolment.domain.person import Person
from tests.unit.enrolment.builders import COORDINATOR, KKL, PDY, acting
from tests.unit.enrolment.world import World

T = TypeVar("T")


class Seats(RuleBasedStateMachine):
    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self.world = World()
        self.numbers: dict[UUID, int] = {}
        self.waiting: dict[str, dict[UUID, int]] = {}

    def teardown(self) -> None:
        self._loop.run_until_complete(self.world.relay.idle())
        self._loop.close()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def attempt(self, work: Coroutine[Any, Any, T]) -> None:
        """A refusal is an answer like another: whatever it is, the seats must add up."""
        try:
            self.wait(work)
        except Problem:
            return

    @initialize(
        target=people,
        shares=st.fixed_dictionaries({PDY: st.integers(1, 3), KKL: st.integers(1, 2)}),
        approval=st.sampled_from(["none", "campus"]),
        promotion=st.sampled_from(["offer", "confirm"]),
        release=st.sampled_from([None, 24, 96]),
        limit=st.sampled_from([1000, 3]),
    )
    def an_offering(
        self, shares: dict[str, int], approval: str, promotion: str, release: int | None, limit: int
    ) -> Any:
        release_at = self.world.now + timedelta(hours=release) if release else None
        offering = self.wait(
            self.world.an_offering(
                shares=shares, approval=approval, promotion=promotion, release_at=release_at, waitlist_limit=limit
            )
        )
        self.id = offering.id
        people = [*self.wait(self.world.people(5)), *self.wait(self.world.people(2, KKL))]
        for person in people:
            self.ask(person)
            self.approve(person)
        return multiple(*people)

    @rule(target=people, campus=st.sampled_from([PDY, PDY, KKL]))
    def somebody_new(self, campus: str) -> Person:
        person = self.wait(self.world.person(campus))
        self.ask(person)
        return person

    @rule(person=people)
    def ask(self, person: Person) -> None:
        self.attempt(self.world.ask(self.offering, person))

    @rule(person=people)
    def approve(self, person: Person) -> None:
        if mine := self.of(person):
            self.attempt(self.world.run(approve_enrolment, ApproveEnrolment(mine.id, COORDINATOR)))

    @rule(person=people)
    def withdraw(self, person: Person) -> None:
        if mine := self.of(person):
            self.attempt(self.world.run(withdraw_enrolment, WithdrawEnrolment(mine.id, acting(person))))

    @rule(person=people, accepts=st.booleans())
    def answer(self, person: Person, accepts: bool) -> None:
        if mine := self.of(person):
            command = AcceptOffer if accepts else RefuseOffer
            handler = accept_offer if accepts else refuse_offer
            self.attempt(self.world.run(handler, command(mine.id, acting(person), mine.offers or 1)))

    @rule(hours=st.sampled_from([1, 12, 48]))
    def time_passes(self, hours: int) -> None:
        self.world.at(self.world.now + timedelta(hours=hours))
        self.wait(self.world.tick())

    @rule(person=people, seats=st.integers(1, 4), campus=st.sampled_from([PDY, KKL]))
    def capacity_changes_and_somebody_leaves(self, person: Person, seats: int, campus: str) -> None:
        self.withdraw(person)
        offering = self.offering
        shares = {name: share.seats for name, share in offering.shares.items()} | {campus: seats}
        change = ChangeOffering(offering_id=self.id, actor=COORDINATOR, if_version=offering.version, shares=shares)
        self.attempt(self.world.run(change_offering, change))

    @invariant()
    def the_seats_add_up(self) -> None:
        offering, enrolments = self.offering, self.enrolments
        self.the_counts_are_those_of_the_enrolments(offering, enrolments)
        self.nothing_is_oversold(offering)
        self.nothing_is_undersold_at_rest(offering)
        self.numbers_change_only_to_the_end(enrolments)
        self.the_heads_of_the_queues_were_offered_first(offering, enrolments)

    def the_counts_are_those_of_the_enrolments(self, offering: Offering, enrolments: list[Enrolment]) -> None:
        for name, share in offering.shares.items():
            mine = [e for e in enrolments if e.share == name]
            assert share.held == sum(e.state in HOLDS_SEAT for e in mine)
            assert share.waiting == sum(e.state == "waitlisted" for e in mine)

    def nothing_is_oversold(self, offering: Offering) -> None:
        merged = offering.merged(self.world.now)
        held = sum(share.held for share in offering.shares.values())
        assert held <= offering.seats
        assert merged or all(share.held <= share.seats for share in offering.shares.values())

    def nothing_is_undersold_at_rest(self, offering: Offering) -> None:
        if not offering.may_promote(self.world.now):
            return
        shares = offering.shares.values()
        if offering.merged(self.world.now):
            assert sum(s.held for s in shares) == offering.seats or not sum(s.waiting for s in shares)
        else:
            assert all(share.held == share.seats or not share.waiting for share in shares)

    def numbers_change_only_to_the_end(self, enrolments: list[Enrolment]) -> None:
        given = list(self.numbers.values())
        for enrolment in enrolments:
            before = self.numbers.get(enrolment.id)
            assert before in (None, enrolment.queue_no) or enrolment.queue_no > max(given)
        self.numbers = {e.id: e.queue_no for e in enrolments}
        assert len(set(self.numbers.values())) == len(self.numbers)

    def the_heads_of_the_queues_were_offered_first(self, offering: Offering, enrolments: list[Enrolment]) -> None:
        if not offering.merged(self.world.now):
            for share, before in self.waiting.items():
                now = {e.id: e for e in enrolments if e.share == share}
                passed = [n for id, n in before.items() if now[id].state == "waitlisted" and now[id].queue_no == n]
                chosen = [n for id, n in before.items() if now[id].state in ("offered", "confirmed")]
                assert all(number < min(passed, default=number + 1) for number in chosen)
        waiting = [e for e in enrolments if e.state == "waitlisted"]
        self.waiting = {s: {e.id: e.queue_no for e in waiting if e.share == s} for s in offering.shares}

    @property
    def offering(self) -> Offering:
        return self.wait(self.world.offering(self.id))

    @property
    def enrolments(self) -> list[Enrolment]:
        return self.wait(self.world.enrolments(self.offering))

    def of(self, person: Person) -> Enrolment | None:
        return next((e for e in self.enrolments if e.person_id == person.id), None)


Seats.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)


@pytest.mark.rule("E-01", "E-02", "E-03", "E-12", "S1")
class TestSeats(Seats.TestCase):  # type: ignore[misc, valid-type]
    pass
