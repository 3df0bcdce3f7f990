"""FastStream's batch subscriber, tuned by hand: a transaction per batch, one bulk of writes per collection in it.

Each event is three writes, as in a handler for one; the batch is acknowledged after the commit. Where spans are made,
each event has one.
"""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from pydantic import BaseModel
from pymongo import InsertOne, UpdateOne

from benchmarks.consumer.contest import Contest
from benchmarks.consumer.rows import TRANSACTION, Gap, Said, open_database, outbox_row, read
from benchmarks.consumer.stopwatch import Stopwatch


class SeatConfirmed(BaseModel):
    offering_id: UUID
    enrolment_id: UUID
    share: str
    schedule_revision: int


async def run(contest: Contest, stopwatch: Stopwatch) -> None:
    client, database = await open_database(contest)
    broker = KafkaBroker(contest.brokers, logger=None)

    async def last(collection: Any, ids: set[str], field: str, session: Any) -> dict[str, Any]:
        return {id: row[field] for id, row in (await read(collection, [*ids], session, [field])).items()}

    @broker.subscriber(
        contest.topic,
        batch=True,
        max_records=contest.batch,
        group_id=contest.group,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.MANUAL,
    )
    async def on_seats_confirmed(events: list[SeatConfirmed], message: KafkaMessage) -> None:
        stopwatch.begin()
        records: Any = message.raw_message
        says = [Said.of(contest.topic, dict(record.headers)) for record in records]
        spans = [said.span(contest) for said in says] if contest.spans else []
        if spans:  # what is told goes on in the same trace
            says = [replace(said, traceparent=span.traceparent) for said, span in zip(says, spans, strict=True)]

        async def apply(session: Any) -> None:
            taken = await last(database.inbox, {said.stream for said in says}, "taken", session)
            sizes = await last(database.rosters, {said.key for said in says}, "size", session)
            inbox, rosters, outbox = [], [], []
            for said, event in zip(says, events, strict=True):
                before = taken.get(said.stream, 0)
                if said.sequence <= before:
                    continue
                if said.sequence != before + 1:
                    raise Gap(said.stream)
                taken[said.stream] = said.sequence
                size = sizes[said.key] = sizes.get(said.key, 0) + 1
                enrolment = str(event.enrolment_id)
                inbox.append(UpdateOne({"_id": said.stream}, {"$set": {"taken": said.sequence}}, upsert=True))
                grown = {"$push": {"enrolments": enrolment}, "$set": {"size": size}}
                rosters.append(UpdateOne({"_id": said.key}, grown, upsert=True))
                outbox.append(InsertOne(outbox_row(said, enrolment, size)))
            if outbox:
                await database.inbox.bulk_write(inbox, session=session)
                await database.rosters.bulk_write(rosters, session=session)
                await database.outbox.bulk_write(outbox, session=session)

        async with await client.start_session() as session:
            await session.with_transaction(apply, **TRANSACTION)
        await message.ack()
        for span in spans:
            span.end()
        stopwatch.did(len(events))

    await broker.start()
    await contest.finish(stopwatch, asyncio.get_running_loop().create_future())
    await broker.stop()
    client.close()
