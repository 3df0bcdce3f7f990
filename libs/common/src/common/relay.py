"""From the outbox to Kafka: whoever gets to a key sends everything that waits on it, oldest first."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Literal, Protocol

from common import telemetry
from common.envelope import Envelope
from common.outbox import Outbox
from common.problem import Unavailable

Result = Literal["published", "nothing", "blocked"]
MOST = 500
REMEMBERED = 10_000


class Producer(Protocol):
    async def send(self, envelopes: Sequence[Envelope]) -> None:
        """Returns when all are acknowledged. Raises Unavailable, and is then a new producer."""
        ...


class Relay:
    """Two processes may send the same row; neither sends row n of a key before row n - 1 was acknowledged.

    Waking never waits: no command waits for Kafka. What cannot be sent stays in the outbox for a later sweep.
    A row that follows right behind the last one this process sent on its key, or is its first, needs no look at the
    database: nothing can wait before it.
    """

    def __init__(self, outbox: Outbox, producer: Producer) -> None:
        self._outbox, self._producer = outbox, producer
        self._woken: dict[str, list[Envelope]] = {}
        self._sent: OrderedDict[str, int] = OrderedDict()
        self._swept: dict[str, int] = {}
        self._unmarked: list[Envelope] = []
        self._task: asyncio.Task[None] | None = None

    def wake(self, committed: Sequence[Envelope]) -> None:
        """After a commit: these are in the outbox now."""
        for envelope in committed:
            self._woken.setdefault(envelope.stream, []).append(envelope)
        self._go()

    async def sweep(self, limit: int = 500) -> None:
        """What a crash or an outage left: rows that the sweep before this one saw as well. Every worker runs it."""
        waiting = await self._outbox.oldest(limit)
        for stream, sequence in waiting.items():
            if self._swept.get(stream) == sequence:
                self._sent.pop(stream, None)
                self._woken.setdefault(stream, [])
        self._swept = waiting
        self._go()

    async def idle(self) -> None:
        while self._task is not None:
            await asyncio.gather(self._task)

    def _go(self) -> None:
        if self._woken and self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._woken:
                woken, self._woken = self._woken, {}
                try:
                    result = await self._publish(woken)
                except Unavailable:
                    result = "blocked"
                telemetry.RELAY_CYCLES.labels(result=result).inc()
                if result == "blocked":
                    return
        finally:
            self._task = None

    async def _publish(self, woken: Mapping[str, list[Envelope]]) -> Result:
        """One cycle. Published but not marked: the next cycle retries only the mark."""
        await self._forget()
        known = {stream for stream, fresh in woken.items() if self._follows(fresh)}
        waiting = [envelope for stream in known for envelope in woken[stream]]
        if unknown := woken.keys() - known:
            found = await self._outbox.waiting(unknown, MOST)
            waiting += _contiguous(found)
            if len(found) == MOST:
                for stream in unknown:
                    self._woken.setdefault(stream, [])
        if not waiting:
            return "nothing"
        spans = [telemetry.start("send " + e.topic, parent=e.traceparent, kind="producer", **_said(e)) for e in waiting]
        try:
            await self._producer.send([e.traced(s.traceparent) for e, s in zip(waiting, spans, strict=True)])
        except Unavailable:
            for span in spans:
                span.end(error="unavailable")
            for stream in woken:
                self._sent.pop(stream, None)
            return "blocked"
        for span, envelope in zip(spans, waiting, strict=True):
            span.end()
            self._sent[envelope.stream] = envelope.sequence
            self._sent.move_to_end(envelope.stream)
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
        self._unmarked += waiting
        await self._forget()
        return "published"

    def _follows(self, fresh: Sequence[Envelope]) -> bool:
        if not fresh:
            return False
        fresh = sorted(fresh, key=lambda e: e.sequence)
        return fresh[0].sequence == self._sent.get(fresh[0].stream, 0) + 1 and len(_contiguous(fresh)) == len(fresh)

    async def _forget(self) -> None:
        if self._unmarked:
            await self._outbox.forget(self._unmarked)
            self._unmarked = []


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
