"""FastStream as its documentation teaches: a handler per event, a transaction in it, acknowledged when it returned.

Of its acknowledgement policies NACK_ON_ERROR, the one that loses nothing when a handler raises. A find and an update,
since findAndModify takes time in proportion to the collection on the database server of development and tests.
"""

import asyncio
from typing import Any
from uuid import UUID

from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from pydantic import BaseModel

from benchmarks.consumer.contest import Contest
from benchmarks.consumer.rows import TRANSACTION, Gap, Said, open_database, outbox_row
from benchmarks.consumer.stopwatch import Stopwatch


class SeatConfirmed(BaseModel):
    offering_id: UUID
    enrolment_id: UUID
    share: str
    schedule_revision: int


async def run(contest: Contest, stopwatch: Stopwatch) -> None:
    client, database = await open_database(contest)
    broker = KafkaBroker(contest.brokers, logger=None)

    @broker.subscriber(
        contest.topic,
        group_id=contest.group,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
    )
    async def on_seat_confirmed(event: SeatConfirmed, message: KafkaMessage) -> None:
        stopwatch.begin()
        said = Said.of(contest.topic, message.headers)

        async def apply(session: Any) -> None:
            row = await database.inbox.find_one({"_id": said.stream}, session=session)
            taken = row["taken"] if row else 0
            if said.sequence <= taken:
                return
            if said.sequence != taken + 1:
                raise Gap(said.stream)
            await database.inbox.update_one(
                {"_id": said.stream}, {"$set": {"taken": said.sequence}}, upsert=True, session=session
            )
            roster = await database.rosters.find_one({"_id": said.key}, ["size"], session=session)
            size = roster["size"] + 1 if roster else 1
            grown = {"$push": {"enrolments": str(event.enrolment_id)}, "$set": {"size": size}}
            await database.rosters.update_one({"_id": said.key}, grown, upsert=True, session=session)
            await database.outbox.insert_one(outbox_row(said, str(event.enrolment_id), size), session=session)

        async with await client.start_session() as session:
            await session.with_transaction(apply, **TRANSACTION)
        stopwatch.did(1)

    await broker.start()
    await contest.finish(stopwatch, asyncio.get_running_loop().create_future())
    await broker.stop()
    client.close()
