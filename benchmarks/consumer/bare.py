"""A bare aiokafka loop, the least that the same guarantee costs: one transaction per batch and one bulk per collection,
in which each document is written once however many events touch it.

No framework, no validation, no spans; whatever cannot be applied ends it.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer
from pymongo import InsertOne, UpdateOne

from benchmarks.consumer.contest import Contest
from benchmarks.consumer.rows import TRANSACTION, Gap, Said, open_database, outbox_row, read
from benchmarks.consumer.stopwatch import Stopwatch


async def run(contest: Contest, stopwatch: Stopwatch) -> None:
    client, database = await open_database(contest)
    kafka = AIOKafkaConsumer(
        contest.topic,
        bootstrap_servers=contest.brokers,
        group_id=contest.group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await kafka.start()
    consuming = asyncio.create_task(_consume(contest, stopwatch, client, database, kafka))
    await contest.finish(stopwatch, consuming)
    consuming.cancel()
    await asyncio.gather(consuming, return_exceptions=True)
    await kafka.stop()
    client.close()


async def _consume(contest: Contest, stopwatch: Stopwatch, client: Any, database: Any, kafka: AIOKafkaConsumer) -> None:
    while True:
        batches = await kafka.getmany(timeout_ms=200, max_records=contest.batch)
        records = [record for batch in batches.values() for record in batch]
        if not records:
            continue
        stopwatch.begin()
        batch = [(Said.of(contest.topic, dict(r.headers)), json.loads(r.value)["enrolment_id"]) for r in records]
        async with await client.start_session() as session:
            await session.with_transaction(lambda s, batch=batch: _apply(database, s, batch), **TRANSACTION)
        await kafka.commit({tp: batch[-1].offset + 1 for tp, batch in batches.items()})
        stopwatch.did(len(records))


async def _apply(database: Any, session: Any, batch: Sequence[tuple[Said, str]]) -> None:
    """Whoever else reads and writes the same rows in a transaction of this kind meets a conflict: no guards needed."""
    inbox = await read(database.inbox, [*{said.stream for said, _ in batch}], session)
    rosters = await read(database.rosters, [*{said.key for said, _ in batch}], session)
    taken = {id: row["taken"] for id, row in inbox.items()}
    lists = {id: row["enrolments"] for id, row in rosters.items()}
    outbox = []
    for said, enrolment in batch:
        before = taken.get(said.stream, 0)
        if said.sequence <= before:
            continue
        if said.sequence != before + 1:
            raise Gap(said.stream)
        taken[said.stream] = said.sequence
        roster = lists.setdefault(said.key, [])
        roster.append(enrolment)
        outbox.append(InsertOne(outbox_row(said, enrolment, len(roster))))
    if not outbox:
        return
    await _write(database.inbox, {id: {"taken": sequence} for id, sequence in taken.items()}, inbox, session)
    await _write(database.rosters, {id: {"enrolments": roster} for id, roster in lists.items()}, rosters, session)
    await database.outbox.bulk_write(outbox, ordered=False, session=session)


async def _write(collection: Any, rows: dict[str, Any], known: dict[str, Any], session: Any) -> None:
    writes = [
        UpdateOne({"_id": id}, {"$set": fields}) if id in known else InsertOne({"_id": id, **fields})
        for id, fields in rows.items()
    ]
    await collection.bulk_write(writes, ordered=False, session=session)
