"""Whole topics as they lie on the broker, read outside of any group; and who is in a group."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError

from common.envelope import Record
from common.history import Span
from common.problem import Unavailable

PATIENCE_S = 60.0


class KafkaHistory:
    def __init__(self, brokers: str) -> None:
        self._brokers = brokers

    async def members(self, group: str) -> list[str]:
        """Host and client id of each. A killed one counts until its session ends, ten seconds later."""
        async with self._asking() as admin:
            found = [one for answer in await _described(admin, group) for one in answer.groups]
        return [f"{member[2]} {member[1]}" for one in found for member in one[5]]

    async def spans(self, topics: Sequence[str]) -> list[Span]:
        async with self._asking() as admin:
            described = await admin.describe_topics(list(topics)) if topics else []
        if missing := [topic["topic"] for topic in described if topic["error_code"]]:
            raise Unavailable(topics=missing)  # an empty history is not the same as none
        partitions = [
            TopicPartition(topic["topic"], p["partition"]) for topic in described for p in topic["partitions"]
        ]
        async with self._reading() as consumer:
            begins, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
        return [Span(tp.topic, tp.partition, begins[tp], ends[tp]) for tp in sorted(partitions)]

    async def read(self, span: Span) -> AsyncIterator[list[Record]]:
        """Raises Unavailable when nothing comes for a minute."""
        tp = TopicPartition(span.topic, span.partition)
        async with self._reading() as consumer:
            consumer.assign([tp])
            await consumer.seek_to_beginning(tp)
            heard = _now()
            while await consumer.position(tp) < span.end:
                batches: dict[TopicPartition, list[Any]] = await consumer.getmany(tp, timeout_ms=500, max_records=500)
                records = [record for of in batches.values() for record in of if record.offset < span.end]
                if records:
                    heard = _now()
                    yield [Record(r.topic, r.partition, r.offset, r.value, r.headers) for r in records]
                elif _now() - heard > PATIENCE_S:
                    raise Unavailable()

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._brokers)
        try:
            await admin.start()
            yield admin
        except KafkaError as error:
            raise Unavailable() from error
        finally:
            await admin.close()

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self._brokers, group_id=None, enable_auto_commit=False)
        try:
            await consumer.start()
            yield consumer
        except KafkaError as error:
            raise Unavailable() from error
        finally:
            await consumer.stop()


async def _described(admin: AIOKafkaAdminClient, group: str) -> Any:
    """A broker that never had a group makes room for them when it is first asked, and does not know yet."""
    began = _now()
    while True:
        try:
            return await admin.describe_consumer_groups([group])
        except GroupCoordinatorNotAvailableError:
            if _now() - began > PATIENCE_S:
                raise
            await asyncio.sleep(0.5)


def _now() -> float:
    return asyncio.get_running_loop().time()
