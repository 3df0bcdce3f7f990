"""What the intake does about a Kafka client that does not do what it should."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pytest
from aiokafka.errors import KafkaConnectionError

from common import kafka
from common.consumer import Consumer
from common.kafka import KafkaIntake
from tests.support.eventually import eventually
from tests.support.things import NOW, ThingHeard, World, on_heard


class Client:
    """As aiokafka's, as far as it gets here."""

    made: ClassVar[int]

    def __init__(self, **settings: Any) -> None:
        type(self).made += 1

    def subscribe(self, topics: list[str], listener: object) -> None: ...

    def assignment(self) -> set[object]:
        return set()

    def partitions_for_topic(self, topic: str) -> None: ...

    def paused(self) -> set[object]:
        return set()

    async def start(self) -> None:
        raise KafkaConnectionError

    async def stop(self) -> None: ...


class NeverAssigned(Client):
    """All brokers that it heard of are gone: it asks them again and again who coordinates its group."""

    made = 0

    async def start(self) -> None:
        await asyncio.Event().wait()


class CancelledInside(Client):
    """Ends a fetch of its own and hands its end out as if it were ours."""

    made = 0

    async def stop(self) -> None:
        raise asyncio.CancelledError


@asynccontextmanager
async def running() -> "AsyncIterator[asyncio.Task[None]]":
    world = World()
    consumer = Consumer("things", {ThingHeard: on_heard}, world.transactions, lambda: NOW)
    task = asyncio.create_task(KafkaIntake("nowhere:9", consumer, world.database).run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.rule("R1", "D3")
@pytest.mark.parametrize("client", [NeverAssigned, CancelledInside])
async def test_another_client_takes_over_from_one_that_gets_nowhere(
    client: type[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "AIOKafkaConsumer", client)
    monkeypatch.setattr(kafka, "START_S", 0.01)

    async with running() as task:
        await eventually(lambda: client.made >= 2 or task.done())

        assert not task.done()


@pytest.mark.rule("R2")
@pytest.mark.parametrize("client", [NeverAssigned, CancelledInside])
async def test_who_is_told_to_end_ends(client: type[Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "AIOKafkaConsumer", client)

    async with running() as task, asyncio.timeout(10):
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    assert task.cancelled()
