"""What a set-up of topics refuses, on a real broker."""

import pytest

from common.kafka_topics import set_up_topics
from common.topics import Topic
from sangam_local.system import System


async def test_a_changed_partition_count_is_refused(parts: System) -> None:
    brokers = parts.urls()["kafka"]
    await set_up_topics(brokers, [Topic("thing-counts", 3)], 1)
    await set_up_topics(brokers, [Topic("thing-counts", 3)], 1)

    with pytest.raises(ValueError, match="has 3 partitions, not 4"):
        await set_up_topics(brokers, [Topic("thing-counts", 4)], 1)


async def test_more_copies_than_brokers_are_refused(parts: System) -> None:
    with pytest.raises(ValueError, match="thing-copies cannot be made: InvalidReplicationFactorError"):
        await set_up_topics(parts.urls()["kafka"], [Topic("thing-copies", 1)], 3)
