"""Everything once more: each record published again behind the others, and every worker reading from offset 0."""

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from pymongo import AsyncMongoClient

from sangam_local.parts import SERVICES
from tests.faults.ground import Ground
from tests.faults.views import FACTS, READERS, STATES, Json
from tests.support.eventually import eventually

_TOPICS = (*FACTS, *STATES)


async def publish_again(ground: Ground) -> int:
    """Byte by byte what lies on the topics, in the same order; answers how many records."""
    brokers = ground.system.urls()["kafka"]
    consumer = AIOKafkaConsumer(bootstrap_servers=brokers, enable_auto_commit=False)
    producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all")
    await consumer.start()
    await producer.start()
    try:
        places = await _places(brokers)
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        sent = 0
        while any([await consumer.position(place) < ends[place] for place in places]):
            for place, batch in (await consumer.getmany(timeout_ms=500)).items():
                for record in batch:
                    if record.offset < ends[place]:
                        again = {"key": record.key, "headers": list(record.headers), "partition": record.partition}
                        await producer.send(record.topic, record.value, **again)
                        sent += 1
        await producer.flush()
        return sent
    finally:
        await producer.stop()
        await consumer.stop()


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
    brokers = ground.system.urls()["kafka"]
    consumer = AIOKafkaConsumer(bootstrap_servers=brokers, enable_auto_commit=False)
    await consumer.start()
    try:
        ends = await consumer.end_offsets(await _places(brokers))
    finally:
        await consumer.stop()
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


async def _places(brokers: str) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        described = await admin.describe_topics([*_TOPICS])
        return [TopicPartition(t["topic"], p["partition"]) for t in described for p in t["partitions"]]
    finally:
        await admin.close()
