"""Ours: a tiny service on the real runtime, its transactions and its database, as a worker process runs them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from benchmarks.consumer.contest import Contest
from benchmarks.consumer.load import SOURCE, RosterGrew
from benchmarks.consumer.stopwatch import Stopwatch
from common.clock import real_now
from common.consumer import Consumer, Handled, ReadsAhead, Subscriptions
from common.envelope import Envelope, Record
from common.event import IncomingEvent
from common.kafka import KafkaIntake
from common.mongo import MongoDatabase
from common.repository import Repository
from common.transaction import Transaction
from common.transactions import Transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    id: UUID
    version: int = 0
    enrolments: tuple[UUID, ...] = ()


class RosterTransaction(Transaction):
    @property
    def rosters(self) -> Repository[Roster]:
        return self.repository(Roster, "rosters")


class SeatConfirmed(IncomingEvent):
    """The consumer's own, smaller copy."""

    event_type: ClassVar[str] = "bench.confirmed.v1"

    offering_id: UUID
    enrolment_id: UUID
    share: str
    schedule_revision: int


async def on_seat_confirmed(event: SeatConfirmed, tx: RosterTransaction) -> None:
    roster = await tx.rosters.find(event.offering_id) or Roster(id=event.offering_id)
    roster = tx.rosters.save(replace(roster, enrolments=(*roster.enrolments, event.enrolment_id)))
    size = len(roster.enrolments)
    tx.emit(RosterGrew(offering_id=event.offering_id, enrolment_id=event.enrolment_id, size=size))


def read_roster_ahead(event: SeatConfirmed, tx: RosterTransaction) -> None:
    tx.rosters.expect(event.offering_id)


class Timed(Consumer[RosterTransaction]):
    """The runtime's own, with a stopwatch at its door."""

    stopwatch: Stopwatch

    async def handle(self, records: Sequence[Record]) -> Handled:
        self.stopwatch.begin()
        handled = await super().handle(records)
        self.stopwatch.did(handled.next - records[0].offset)
        return handled


class NoRelay:
    """The rows of the outbox stay where they are: nobody here publishes, and they are compared afterwards."""

    def wake(self, committed: Sequence[Envelope]) -> None: ...


async def run(contest: Contest, stopwatch: Stopwatch) -> None:
    class OfThisTopic(SeatConfirmed):
        topic = contest.topic

    database = MongoDatabase(contest.mongo, contest.database)
    await database.set_up({"rosters": []})
    transactions = Transactions(database, RosterTransaction, SOURCE, NoRelay())
    subscriptions: Subscriptions[RosterTransaction] = {OfThisTopic: on_seat_confirmed}
    ahead: ReadsAhead[RosterTransaction] = {OfThisTopic: read_roster_ahead}
    consumer = Timed(contest.group, subscriptions, transactions, real_now, ahead=ahead)
    consumer.stopwatch = stopwatch
    intake = KafkaIntake(contest.brokers, consumer, database)
    running = asyncio.create_task(intake.run())
    await contest.finish(stopwatch, running)
    intake.stop()
    await running
    database.close()
