"""From the outbox to Kafka: whoever gets to a key sends everything that waits on it, oldest first."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Literal, Protocol

import structlog

from common import telemetry
from common.envelope import Envelope
from common.outbox import Outbox, Refusal
from common.problem import Unavailable
from common.refusals import Refusals

log = structlog.get_logger()

Result = Literal["published", "nothing", "refused", "blocked"]
MOST = 500
REMEMBERED = 10_000
MARK_S = 0.25


class Producer(Protocol):
    async def send(self, envelopes: Sequence[Envelope]) -> Sequence[Refusal]:
        """Returns when each is acknowledged, or will never be: at most one refusal per stream, and nothing of that
        stream was sent after it. Raises Unavailable. After either it is a new producer."""
        ...


class CurrentStates(Protocol):
    """What the relay asks of `states`."""

    @property
    def topics(self) -> Collection[str]: ...

    async def tell_again(self, stream: str) -> None:
        """The current state of a key, or that it is erased, as a new event."""
        ...


class Relay:
    """Two processes may send the same row; neither sends row n of a key before row n - 1 was acknowledged.

    Waking never waits: no command waits for Kafka. What cannot be sent stays in the outbox for a later sweep; an event
    that Kafka refuses holds back its own key only.
    A row that follows right behind the last one this process sent on its key, or is its first, needs no look at the
    database: nothing can wait before it.
    """

    def __init__(self, outbox: Outbox, producer: Producer) -> None:
        self._outbox, self._producer = outbox, producer
        self._states: CurrentStates | None = None
        self._woken: dict[str, list[Envelope]] = {}
        self._sent: OrderedDict[str, int] = OrderedDict()
        self._swept: dict[str, int] = {}
        self._unmarked: list[Envelope] = []
        self._sent_states: dict[str, int] = {}
        self._refusals = Refusals()
        self._task: asyncio.Task[None] | None = None
        self._marking: asyncio.Task[None] | None = None

    def keep(self, states: CurrentStates) -> None:
        """From now on what this relay sends late on these topics is told again."""
        self._states = states

    def wake(self, committed: Sequence[Envelope]) -> None:
        """After a commit: these are in the outbox now."""
        for envelope in committed:
            self._woken.setdefault(envelope.stream, []).append(envelope)
        self._go()

    async def sweep(self, limit: int = 500) -> None:
        """What a crash or an outage left: rows that the sweep before this one saw as well. Every worker runs it."""
        waiting = await self._outbox.oldest(limit, without=self._refusals.streams)
        left = {stream for stream, sequence in waiting.items() if self._swept.get(stream) == sequence}
        for stream in left | self._refusals.due():
            self._sent.pop(stream, None)
            self._woken.setdefault(stream, [])
        self._swept = waiting
        self._go()

    async def idle(self) -> None:
        """Until nothing is under way; what was published is then marked."""
        while self._task is not None:
            await asyncio.gather(self._task)
        with suppress(Unavailable):
            await self._forget()

    def _go(self) -> None:
        if self._woken and self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._woken:
                woken, self._woken = self._woken, {}
                try:
                    result = await self._cycle(self._refusals.without_waiting(woken))
                except Unavailable:
                    result = "blocked"
                telemetry.RELAY_CYCLES.labels(result=result).inc()
                if result == "blocked":
                    return
        finally:
            self._task = None

    async def _cycle(self, woken: Mapping[str, list[Envelope]]) -> Result:
        """Raises Unavailable."""
        waiting = await self._waiting(woken)
        result = await self._publish(waiting) if waiting else "nothing"
        self._marking = self._marking or asyncio.create_task(self._mark())
        await self._look_back()
        return result

    async def _mark(self) -> None:
        """What was published is marked together a moment later, which takes a command a moment instead of one an event.
        Where that fails only the mark is tried again."""
        try:
            while self._unmarked:
                await asyncio.sleep(MARK_S)
                with suppress(Unavailable):
                    await self._forget()
        finally:
            self._marking = None

    async def _waiting(self, woken: Mapping[str, list[Envelope]]) -> list[Envelope]:
        known = {stream for stream, fresh in woken.items() if self._follows(fresh)}
        waiting = [envelope for stream in known for envelope in _in_order(woken[stream])]
        if unknown := woken.keys() - known:
            await self._forget()
            found = await self._outbox.waiting(unknown, MOST)
            waiting += _contiguous(found)
            if len(found) == MOST:
                for stream in unknown:
                    self._woken.setdefault(stream, [])
            else:
                self._refusals.taken(unknown - {envelope.stream for envelope in found})
        return waiting

    async def _publish(self, waiting: Sequence[Envelope]) -> Result:
        if self._states:
            self._sent_states |= {e.stream: e.sequence for e in waiting if e.topic in self._states.topics}
        spans = [telemetry.start("send " + e.topic, parent=e.traceparent, kind="producer", **_said(e)) for e in waiting]
        refusals: Sequence[Refusal] = ()
        error: str | None = "unavailable"
        try:
            refusals = await self._producer.send([e.traced(s.traceparent) for e, s in zip(waiting, spans, strict=True)])
            error = None
        finally:
            refused = {refusal.envelope.stream: refusal for refusal in refusals}
            for span, envelope in zip(spans, waiting, strict=True):
                late = envelope.stream in refused and envelope.sequence >= refused[envelope.stream].envelope.sequence
                if error or late:
                    span.end(error=error or refused[envelope.stream].reason)
                    self._sent.pop(envelope.stream, None)
                else:
                    span.end()
                    self._remember(envelope)
        self._refusals.taken({envelope.stream for envelope in waiting} - refused.keys())
        if not refused:
            return "published"
        for refusal in refusals:
            self._refusals.note(refusal.envelope.stream)
            said = refusal.envelope
            log.error("relay.refused", position=said.position, type=said.type, reason=refusal.reason)
        await self._outbox.refuse(refusals)
        return "refused"

    def _remember(self, acknowledged: Envelope) -> None:
        self._sent[acknowledged.stream] = acknowledged.sequence
        self._sent.move_to_end(acknowledged.stream)
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
        self._unmarked.append(acknowledged)

    def _follows(self, fresh: Sequence[Envelope]) -> bool:
        if not fresh:
            return False
        fresh = _in_order(fresh)
        return fresh[0].sequence == self._sent.get(fresh[0].stream, 0) + 1 and len(_contiguous(fresh)) == len(fresh)

    async def _forget(self) -> None:
        published, self._unmarked = self._unmarked, []
        try:
            if published:
                await self._outbox.forget(published)
        except BaseException:
            self._unmarked = published + self._unmarked
            raise

    async def _look_back(self) -> None:
        """Compaction keeps the last offset, not the highest number: whoever finds that another relay may have been
        faster sends what still waits once more, or, when nothing does, tells the current state again."""
        if not (self._states and self._sent_states):
            return
        numbers = await self._outbox.numbers(self._sent_states)
        behind = {stream for stream, sent in self._sent_states.items() if numbers.get(stream, 0) > sent}
        if behind:
            await self._forget()
        waiting = {envelope.stream for envelope in await self._outbox.waiting(behind, MOST)} if behind else set()
        for stream in behind - waiting:
            await self._states.tell_again(stream)
        again = self._refusals.without_waiting(dict.fromkeys(waiting))
        self._sent_states = {stream: self._sent_states[stream] for stream in again}
        for stream in again:
            self._sent.pop(stream, None)
            self._woken.setdefault(stream, [])


def _in_order(of_stream: Sequence[Envelope]) -> list[Envelope]:
    """Two transactions may hear of their commits the other way round than they committed."""
    return sorted(of_stream, key=lambda e: e.sequence)


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
