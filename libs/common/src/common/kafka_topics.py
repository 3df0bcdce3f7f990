"""Topics as declared: made where they are missing, never changed behind their keys' backs."""

from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import NoError, TopicAlreadyExistsError, for_code

from common.topics import Topic, min_insync


async def set_up_topics(brokers: str, topics: Sequence[Topic], replication: int) -> None:
    """Creates what is missing and sees to the settings of what is there. Raises ValueError for a changed partition
    count, since keys would move, and for what the brokers refuse, such as more copies than there are brokers."""
    safe = {"min.insync.replicas": str(min_insync(replication))}
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        known = {t["topic"]: len(t["partitions"]) for t in await admin.describe_topics() if not t["error_code"]}
        for topic in topics:
            if topic.name not in known:
                new = NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.config | safe)
                [(_, code, *_)] = (await admin.create_topics([new])).topic_errors
                if code not in (NoError.errno, TopicAlreadyExistsError.errno):
                    raise ValueError(f"topic {topic.name} cannot be made: {for_code(code).__name__}")
            elif known[topic.name] != topic.partitions:
                raise ValueError(f"topic {topic.name} has {known[topic.name]} partitions, not {topic.partitions}")
            else:
                await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, topic.config | safe)])
    finally:
        await admin.close()
