"""Everything once more: each record published again behind the others, and every worker reading from offset 0."""

from aiokafka import AIOKafkaProducer
from pymongo import AsyncMongoClient

from sangam_local.parts import SERVICES
from tests.faults.ground import Ground
from tests.faults.views import READERS, TOPICS, Json
from tests.support.eventually import eventually
from tests.support.topics import ends_of, every_record


async def publish_again(ground: Ground) -> int:
    """Byte by byte what lies on the topics, in the same order; answers how many records."""
    brokers = ground.system.urls()["kafka"]
    records = await every_record(brokers, TOPICS)
    producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all")
    await producer.start()
    try:
        for record in records:
            again = {"key": record.key, "headers": list(record.headers), "partition": record.partition}
            await producer.send(record.topic, record.value, **again)
        await producer.flush()
    finally:
        await producer.stop()
    return len(records)


async def read_from_the_start(ground: Ground) -> None:
    """The workers stop, forget how far they had come, and start; returns when they have come to the end again."""
    workers = [name for name in ground.processes if "-worker" in name]
    await ground.system.stop(*workers)
    mongo: AsyncMongoClient[Json]
    async with AsyncMongoClient(ground.system.mongo_url()) as mongo:
        for service in SERVICES:
            await mongo[service]["positions"].delete_many({})
    await ground.system.start(*workers)
    await at_the_end(ground)


async def at_the_end(ground: Ground, timeout: float = 120) -> None:  # noqa: ASYNC109
    """Every reader has stored that it has read every record that there is."""
    ends = await ends_of(ground.system.urls()["kafka"], TOPICS)
    wanted = {f"{place.topic}/{place.partition}": end for place, end in ends.items() if end}
    mongo: AsyncMongoClient[Json]
    async with AsyncMongoClient(ground.system.mongo_url()) as mongo:

        async def there() -> bool:
            for service in SERVICES:
                found: list[Json] = await mongo[service]["positions"].find().to_list(None)
                rows = {row["_id"]: row["next"] for row in found}
                for place, end in wanted.items():
                    others = service not in READERS[place.partition("/")[0]]
                    assert others or rows.get(place, 0) >= end, f"{service} is at {rows.get(place, 0)} of {place}"
            return True

        await eventually(there, timeout=timeout, every=0.3)
