"""Topics as a stranger reads them: whole, with none of our code."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient


async def every_record(brokers: str, topics: Sequence[str] = ()) -> list[ConsumerRecord]:
    """From offset 0 to the end as it is now, by topic, partition and offset; of all topics but the brokers' own when
    none are named."""
    consumer = AIOKafkaConsumer(bootstrap_servers=brokers, enable_auto_commit=False)
    await consumer.start()
    try:
        places = await _partitions(brokers, topics)
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        found: list[ConsumerRecord] = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            for place, batch in (await consumer.getmany(timeout_ms=500)).items():
                found += [record for record in batch if record.offset < ends[place]]
        return sorted(found, key=lambda record: (record.topic, record.partition, record.offset))
    finally:
        await consumer.stop()


async def ends_of(brokers: str, topics: Sequence[str]) -> dict[TopicPartition, int]:
    """The offset behind the last record of each partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=brokers, enable_auto_commit=False)
    await consumer.start()
    try:
        ends: dict[TopicPartition, int] = await consumer.end_offsets(await _partitions(brokers, topics))
        return ends
    finally:
        await consumer.stop()


async def _partitions(brokers: str, topics: Sequence[str]) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        wanted = [*topics] or [topic for topic in await admin.list_topics() if not topic.startswith("_")]
        described = await admin.describe_topics(wanted)
        return [TopicPartition(t["topic"], p["partition"]) for t in described for p in t["partitions"]]
    finally:
        await admin.close()
