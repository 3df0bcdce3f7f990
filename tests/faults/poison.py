"""An event that cannot be applied, written by a stranger to the topic, and one that follows it on its key."""

import random
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer

from tests.faults.ground import Ground

TOPIC = "enrolment-events"
# Subscribed to by scheduling and by notifications, and without what either needs of it.
TYPE = "sangam.enrolment.confirmed.v1"


@asynccontextmanager
async def poisoned(ground: Ground, rng: random.Random) -> AsyncIterator[None]:
    key = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    producer = AIOKafkaProducer(bootstrap_servers=ground.system.urls()["kafka"], acks="all")
    await producer.start()
    try:
        for sequence, value in ((1, b'{"offering_id": 7}'), (2, b"{}")):
            await producer.send_and_wait(TOPIC, value, key.encode(), headers=_headers(key, sequence))
    finally:
        await producer.stop()
    ground.poisoned.append(f"{TOPIC}/{key}")
    yield


def _headers(key: str, sequence: int) -> list[tuple[str, bytes]]:
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": str(uuid.uuid4()),
        "ce_type": TYPE,
        "ce_source": "/stranger",
        "ce_time": datetime.now(UTC).isoformat(),
        "ce_sequence": f"{sequence:020d}",
        "ce_partitionkey": key,
        "ce_correlationid": str(uuid.uuid4()),
        "ce_causationid": str(uuid.uuid4()),
        "content-type": "application/json",
    }
    return [(name, value.encode()) for name, value in attributes.items()]
