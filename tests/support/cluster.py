"""What a Kafka cluster says of itself: copies, what must be in step, and who of a group reads which partition."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import KafkaError

Partition = tuple[str, int]


@asynccontextmanager
async def _asking(brokers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers, request_timeout_ms=5_000)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def copies(brokers: str) -> Mapping[Partition, tuple[int, int]]:
    """Of every partition, the internal ones included: how many brokers have it, and how many of them are in step."""
    async with _asking(brokers) as admin:
        return {
            (topic["topic"], partition["partition"]): (len(partition["replicas"]), len(partition["isr"]))
            for topic in await admin.describe_topics()
            for partition in topic["partitions"]
        }


async def min_insync(brokers: str, topics: Collection[str]) -> Mapping[str, int]:
    """How many copies of a topic must have what is acknowledged."""
    wanted = {"min.insync.replicas": ""}
    async with _asking(brokers) as admin:
        asked = [ConfigResource(ConfigResourceType.TOPIC, topic, configs=wanted) for topic in topics]
        [answer] = await admin.describe_configs(asked)
        return {name: int(entries[0][1]) for _, _, _, name, entries in answer.resources}


async def readers(brokers: str, group: str) -> list[set[Partition]]:
    """What each member of a consumer group has; nothing while the group settles."""
    try:
        async with _asking(brokers) as admin:
            [answer] = await admin.describe_consumer_groups([group])
    except KafkaError:
        return []
    [(_, _, state, _, _, members)] = [row[:6] for row in answer.groups]
    if state != "Stable":
        return []
    plans = [ConsumerProtocolMemberAssignment.decode(member[-1]) for member in members]
    return [{(topic, partition) for topic, numbers in plan.assignment for partition in numbers} for plan in plans]
