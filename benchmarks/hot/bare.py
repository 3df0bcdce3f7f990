"""The least that the same durable effects cost: up to 64 requests in one transaction, one bulk per collection, each
event published and then forgotten. Rows have about the size, and the indexes, of the service's.

No token, no rules but seats and numbers, no second look at refusals, no traces, no log, no headers on events: whatever
goes wrong ends a request in 500. The driver is PyMongo's own asynchronous one, which needs no threads.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

import uvicorn
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI, Header
from pymongo import AsyncMongoClient, InsertOne
from pymongo.errors import PyMongoError

from benchmarks.hot.naive import TRANSACTION, Decision, Request
from benchmarks.hot.rows import STREAM, TOPIC, enrolment_row, event_row, key_row, offering_row
from common import mongo_indexes
from common.garbage import collect_less
from common.group import QUIET_ROUNDS
from enrolment.adapters.indexes import INDEXES

DATABASE = "bare"
AT_ONCE, IDS = 64, 32


@dataclass
class Asked:
    person: str
    key: str
    answer: asyncio.Future[Decision] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


@dataclass
class Desk:
    """One hot offering's line, and who works on it."""

    database: Any
    producer: AIOKafkaProducer
    offering: str
    line: list[Asked] = field(default_factory=list)
    working: bool = False
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def decide(self, asked: Asked) -> Decision:
        self.line.append(asked)
        if not self.working:
            self.working = True
            self._begin(self._work())
        return await asked.answer

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _work(self) -> None:
        while self.line:
            await self._gather()
            group, self.line = self.line[:AT_ONCE], self.line[AT_ONCE:]
            try:
                async with self.database.client.start_session() as session:
                    decided = await session.with_transaction(lambda s, g=group: self._together(s, g), **TRANSACTION)
            except PyMongoError as error:
                for one in group:
                    one.answer.set_exception(error)
                continue
            for one, (decision, _) in zip(group, decided, strict=True):
                one.answer.set_result(decision)
            self._begin(self._publish([event for _, event in decided]))
        self.working = False

    async def _gather(self) -> None:
        """Whoever is on the way joins, as in the service."""
        quiet, before = 0, len(self.line)
        while quiet < QUIET_ROUNDS and before < AT_ONCE:
            await asyncio.sleep(0)
            quiet, before = (quiet + 1, before) if len(self.line) == before else (0, len(self.line))

    async def _together(self, session: Any, group: Sequence[Asked]) -> list[tuple[Decision, dict[str, Any]]]:
        row = await self.database.offerings.find_one({"_id": self.offering}, session=session)
        now = datetime.now(UTC)
        decided = []
        writes: dict[str, list[InsertOne[Any]]] = {"enrolments": [], "idempotency": [], "outbox": []}
        for one in group:
            seated = row["held"] < row["seats"]
            row["held" if seated else "waiting"] += 1
            row["last"] += 1
            decision = Decision(
                id=str(uuid4()),
                state="confirmed" if seated else "waitlisted",
                queue_no=row["last"],
                rank=None if seated else row["waiting"],
            )
            event = event_row(self.offering, decision, now)
            writes["enrolments"].append(InsertOne(enrolment_row(self.offering, one.person, decision, now)))
            writes["idempotency"].append(InsertOne(key_row(self.offering, one.person, one.key, decision, now)))
            writes["outbox"].append(InsertOne(event))
            decided.append((decision, event))
        for collection, inserts in writes.items():
            await self.database[collection].bulk_write(inserts, ordered=False, session=session)
        await self.database.offerings.replace_one({"_id": self.offering}, row, session=session)
        counted = {"$set": {"last": row["last"]}}
        await self.database.sequences.update_one({"_id": STREAM.format(self.offering)}, counted, True, session=session)
        return decided

    async def _publish(self, events: Sequence[dict[str, Any]]) -> None:
        await asyncio.gather(*[await self.producer.send(TOPIC, e["data"], e["key"].encode()) for e in events])
        ids = [event["_id"] for event in events]
        for start in range(0, len(ids), IDS):
            await self.database.outbox.delete_many({"_id": {"$in": ids[start : start + IDS]}})


def create_app(mongo: str, brokers: str) -> FastAPI:
    client: Any = AsyncMongoClient(mongo, tz_aware=True)
    desks: dict[str, Desk] = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all", linger_ms=5)
        await app.state.producer.start()
        yield
        await asyncio.gather(*(task for desk in desks.values() for task in desk.tasks))
        await app.state.producer.stop()

    app = FastAPI(lifespan=lifespan)

    @app.get("/readyz")
    async def readyz() -> str:
        await client[DATABASE].command("ping")
        return "ready"

    @app.post("/offerings/{offering_id}/enrolments", status_code=201)
    async def request_enrolment(
        offering_id: str, request: Request, idempotency_key: Annotated[str, Header()]
    ) -> Decision:
        desk = desks.setdefault(offering_id, Desk(client[DATABASE], app.state.producer, offering_id))
        return await desk.decide(Asked(request.person_id, idempotency_key))

    return app


async def set_up(mongo: str, offering_id: str, seats: int) -> None:
    client: Any = AsyncMongoClient(mongo)
    await mongo_indexes.set_up(client[DATABASE], {name: INDEXES[name] for name in ("enrolments", "offerings")})
    await client[DATABASE].offerings.insert_one(offering_row(offering_id, seats))
    await client.close()


if __name__ == "__main__":
    mongo, brokers, port = sys.argv[1:]
    collect_less()
    uvicorn.run(
        create_app(mongo, brokers), host="127.0.0.1", port=int(port), log_level="error", loop="uvloop",
        http="httptools", access_log=False, backlog=4096,
    )  # fmt: skip
