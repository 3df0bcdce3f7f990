"""The least that a request to a mail can cost on these parts: the same calls in a bare loop, nothing else.

HTTP in, one transaction, one acknowledged publish, an answer; one record out, one transaction, one SMTP hand-over.
No framework, no outbox, no inbox, no validation, no traces: it loses and doubles mails whenever anything dies.
"""

import asyncio
import json
import sys
from typing import Any
from uuid import uuid4

import aiosmtplib
import uvicorn
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from motor.motor_asyncio import AsyncIOMotorClient

TOPIC = "floor-events"
MAIL = (
    b"From: Sangam <sangam@training.example>\r\nTo: <%s>\r\nSubject: Confirmed\r\n\r\n" + b"You have a place.\r\n" * 40
)


class Api:
    """POST with `{"to": address}` as its body."""

    def __init__(self, mongo: str, brokers: str) -> None:
        self._mongo, self._brokers = mongo, brokers
        self._starting: asyncio.Task[None] | None = None

    async def _start(self) -> None:
        self._client: Any = AsyncIOMotorClient(self._mongo)
        self._places = self._client["floor"].places
        self._producer = AIOKafkaProducer(bootstrap_servers=self._brokers, acks="all", enable_idempotence=True)
        await self._producer.start()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self._starting = self._starting or asyncio.create_task(self._start())
        await self._starting
        if scope["method"] == "POST":
            to = json.loads((await receive())["body"])["to"]
            place = {"_id": str(uuid4()), "to": to, "state": "confirmed"}
            async with await self._client.start_session() as session:
                await session.with_transaction(lambda s: self._places.insert_one(place, session=s))
            await self._producer.send_and_wait(TOPIC, to.encode(), to.encode())
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


async def work(mongo: str, brokers: str, smtp: int) -> None:
    client: Any = AsyncIOMotorClient(mongo)
    database = client["floor"]
    consumer = AIOKafkaConsumer(
        TOPIC, bootstrap_servers=brokers, group_id="floor", enable_auto_commit=True, auto_offset_reset="earliest"
    )
    mail = aiosmtplib.SMTP(hostname="127.0.0.1", port=smtp)
    await consumer.start()
    await mail.connect()
    async for record in consumer:
        to = record.value.decode()
        notice = {"_id": str(uuid4()), "to": to, "state": "sent"}
        async with await client.start_session() as session:
            await session.with_transaction(lambda s, n=notice: database.notices.insert_one(n, session=s))
        await mail.sendmail("sangam@training.example", [to], MAIL % record.value)


if __name__ == "__main__":
    role, mongo, brokers, port = sys.argv[1:]
    if role == "api":
        uvicorn.run(
            Api(mongo, brokers), host="127.0.0.1", port=int(port), log_level="error", loop="uvloop", lifespan="off"
        )
    else:
        uvloop.run(work(mongo, brokers, int(port)))
