"""What operators see of how far a process has come: all that it reads, nothing that it gave up."""

import time
from uuid import uuid4

from prometheus_client import generate_latest

from common.lag import Lag
from common.telemetry import WORKER


def shown(name: str, topic: str, partition: int | None = None) -> float | None:
    labels = {"topic": topic} | ({} if partition is None else {"partition": str(partition)})
    return WORKER.get_sample_value(name, labels)


def test_the_lag_is_what_lies_between_here_and_the_end() -> None:
    topic = f"t{uuid4().hex}"

    Lag().show({topic: 2}, {(topic, 0): (7, 10), (topic, 1): (10, 9)})

    assert (shown("sangam_consumer_lag", topic, 0), shown("sangam_consumer_lag", topic, 1)) == (3, 0)
    assert (shown("sangam_consumer_offset", topic, 0), shown("sangam_consumer_offset", topic, 1)) == (7, 10)


def test_a_partition_that_went_to_another_process_is_shown_no_more() -> None:
    """Else it would be behind here for ever."""
    topic, lag = f"t{uuid4().hex}", Lag()
    lag.show({topic: 2}, {(topic, 0): (7, 10), (topic, 1): (1, 1)})

    lag.show({topic: 2}, {(topic, 1): (1, 1)})

    assert (shown("sangam_consumer_lag", topic, 0), shown("sangam_consumer_offset", topic, 0)) == (None, None)
    assert shown("sangam_consumer_lag", topic, 1) == 0


def test_partitions_that_nobody_was_given_are_visible() -> None:
    topic, lag = f"t{uuid4().hex}", Lag()

    lag.show({topic: 3}, {(topic, 1): (0, 0)})
    assert shown("sangam_consumer_partitions", topic) == 3
    assert shown("sangam_consumer_partitions_assigned", topic) == 1

    lag.show({topic: 3}, {})
    assert shown("sangam_consumer_partitions_assigned", topic) == 0


def test_a_look_is_dated_and_none_without_partitions() -> None:
    topic, lag, before = f"t{uuid4().hex}", Lag(), time.time()
    lag.show({topic: 1}, {(topic, 0): (0, 0)})
    looked = WORKER.get_sample_value("sangam_consumer_looked_timestamp_seconds")
    assert looked is not None
    assert before <= looked <= time.time()

    lag.show({topic: 1}, {})

    assert WORKER.get_sample_value("sangam_consumer_looked_timestamp_seconds") == looked
    assert b"sangam_consumer_looked_timestamp_seconds" in generate_latest(WORKER)
