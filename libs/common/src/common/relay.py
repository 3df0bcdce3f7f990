"""From the outbox to Kafka: whoever gets to a key sends everything that waits on it, oldest first."""

import asyncio
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Literal, Protocol

from common import telemetry
from common.envelope import Envelope
from common.outbox import Outbox
from common.problem import Unavailable

Result = Literal["published", "nothing", "blocked"]
MOST = 500


class Producer(Protocol):
    async def send(self, envelopes: Sequence[Envelope]) -> None:
        """Returns when all are acknowledged. Raises Unavailable, and is then a new producer."""
        ...


class Relay:
    """Two processes may send the same row; neither sends row n of a key before row n - 1 was acknowledged.

    Waking never waits: no command waits for Kafka. What cannot be sent stays in the outbox for a later sweep.
    """

    def __init__(self, outbox: Outbox, producer: Producer) -> None:
        self._outbox, self._producer = outbox, producer
        self._woken: set[str] = set()
        self._unmarked: list[Envelope] = []
        self._task: asyncio.Task[None] | None = None

    def wake(self, streams: Collection[str]) -> None:
        self._woken.update(streams)
        if self._woken and self._task is None:
            self._task = asyncio.create_task(self._run())

    async def sweep(self, limit: int = 500) -> None:
        """What a crash or an outage left. Every worker runs it."""
        self.wake(await self._outbox.waiting_streams(limit))

    async def idle(self) -> None:
        while self._task is not None:
            await asyncio.gather(self._task)

    async def publish(self, streams: Collection[str]) -> Result:
        """One cycle. Published but not marked: the next cycle retries only the mark."""
        await self._forget()
        waiting = _contiguous(await self._outbox.waiting(streams, MOST))
        if not waiting:
            return "nothing"
        spans = [telemetry.start("send " + e.topic, parent=e.traceparent, kind="producer", **_said(e)) for e in waiting]
        try:
            await self._producer.send([e.traced(s.traceparent) for e, s in zip(waiting, spans, strict=True)])
        except Unavailable:
            for span in spans:
                span.end(error="unavailable")
            return "blocked"
        for span in spans:
            span.end()
        self._unmarked += waiting
        await self._forget()
        if len(waiting) == MOST:
            self._woken.update(streams)
        return "published"

    async def _forget(self) -> None:
        if self._unmarked:
            await self._outbox.forget(self._unmarked)
            self._unmarked = []

    async def _run(self) -> None:
        try:
            while self._woken:
                streams, self._woken = self._woken, set()
                try:
                    result = await self.publish(streams)
                except Unavailable:
                    result = "blocked"
                telemetry.RELAY_CYCLES.labels(result=result).inc()
                if result == "blocked":
                    return
        finally:
            self._task = None


def _contiguous(waiting: Sequence[Envelope]) -> list[Envelope]:
    """Per stream the run up to the first missing number; a snapshot has none missing, and this says so."""
    run: list[Envelope] = []
    for _, of_stream in groupby(waiting, key=lambda e: e.stream):
        expected: int | None = None
        for envelope in of_stream:
            if expected is not None and envelope.sequence != expected:
                break
            run.append(envelope)
            expected = envelope.sequence + 1
    return run


def _said(e: Envelope) -> dict[str, str]:
    """OpenTelemetry's messaging conventions."""
    return {
        "messaging.system": "kafka",
        "messaging.operation.type": "send",
        "messaging.destination.name": e.topic,
        "messaging.message.id": str(e.id),
        "messaging.kafka.message.key": e.key,
    }
