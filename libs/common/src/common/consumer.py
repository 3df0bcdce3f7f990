"""From records to reactions: each event once, in order per key, a batch in one transaction. Knows no Kafka.

An event that cannot be applied parks its key (`parking`), or marks it as a state; a doubtful one holds its partition.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import zip_longest
from typing import Generic, Literal

import structlog

from common import gaps, inbox, parking, telemetry
from common.cause import Cause
from common.envelope import Envelope, Record
from common.event import IncomingEvent
from common.ids import new_id
from common.inbox import Gap
from common.subscriptions import Reaction, ReadsAhead, Subscribed, Subscription, Subscriptions, UnknownVersion
from common.transaction import Behind, Member, Outcome, T
from common.transactions import Transactions

__all__ = ["Consumer", "Handled", "Patience", "Reaction", "ReadsAhead", "Subscription", "Subscriptions"]

log = structlog.get_logger()

TOO_MANY = "TooManyParkings"


@dataclass(frozen=True, slots=True)
class Handled:
    """Read on from `next`; with `held`, the record there cannot be applied now, and nothing behind it may pass."""

    next: int
    held: str | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """An event is tried once and after each pause (s) before its key is parked; so many keys may be parked an hour."""

    pauses: Sequence[float] = (0.1, 0.4)
    most_an_hour: int = parking.MOST_AN_HOUR


@dataclass(frozen=True, slots=True)
class _Incoming:
    """`event` is there when somebody is interested and it could be parsed. `unreadable` is what was wrong with a record
    whose attributes cannot be read; it has no envelope then."""

    record: Record
    envelope: Envelope | None
    span: telemetry.Span
    event: IncomingEvent | None = None
    unreadable: str = ""

    @property
    def type(self) -> str:
        return self.envelope.type if self.envelope else "unreadable"


class Consumer(Generic[T]):
    def __init__(
        self,
        group: str,
        subscriptions: Subscriptions[T],
        transactions: Transactions[T],
        clock: Callable[[], datetime],
        done: Callable[[], None] = lambda: None,
        patience: Patience | None = None,
        ahead: ReadsAhead[T] | None = None,
    ) -> None:
        """`done` is called after a batch that changed something, for work that waits for reactions."""
        self.group, self._transactions, self.clock, self._done = group, transactions, clock, done
        self.subscribed = Subscribed(subscriptions, ahead)
        self._patience = patience or Patience()

    @property
    def topics(self) -> list[str]:
        return self.subscribed.topics

    async def handle(self, records: Sequence[Record]) -> Handled:
        """One batch of one partition, in order. Raises Unavailable: nothing is known of it, come again."""
        incoming = [self._read(record) for record in records]
        done, held = 0, None
        while done < len(incoming) and held is None:
            outcomes = await self._run(incoming[done:])
            for one, outcome in zip(incoming[done:], outcomes, strict=True):
                if outcome.error:
                    held = await self._refused(one, outcome.error)
                    done += held is None
                    break
                telemetry.HANDLED.labels(type=one.type, outcome=outcome.result).inc()
                done += 1
        if done:
            self._done()
        following = records[done].offset if done < len(records) else records[-1].offset + 1
        return Handled(following, held)

    async def replay(self, stream: str, sequence: int, envelope: Envelope) -> Outcome[None]:
        """The head of a parked key, by hand. The outcome holds what refuses it; raises Unavailable."""
        span = self._span(envelope)
        unpark = parking.Unpark(stream, sequence, self.subscribed)
        [outcome] = await self._transactions.run_group([Member(unpark, self._cause(envelope, span))])
        span.end(error=_error(outcome))
        return outcome

    async def _run(self, incoming: Sequence[_Incoming]) -> list[Outcome[str]]:
        """All in one transaction; the first that is refused stops those behind it."""
        members = [
            Member(self._work(one), self._cause(one.envelope, one.span), line="partition", ahead=self._ahead(one))
            for one in incoming
        ]
        outcomes: list[Outcome[str]] = []
        try:
            outcomes = await self._transactions.run_group(members)
        finally:
            for one, outcome in zip_longest(incoming, outcomes):
                if outcome is None or not isinstance(outcome.error, Behind):
                    one.span.end(error=_error(outcome))
        return outcomes

    def _ahead(self, one: _Incoming) -> Callable[[T], Awaitable[None]]:
        async def ahead(tx: T) -> None:
            if one.envelope:
                inbox.rows(tx).expect(one.envelope.stream)
            if one.event:
                self.subscribed.read_ahead(one.event, tx)

        return ahead

    def _work(self, one: _Incoming) -> Callable[[T], Awaitable[str]]:
        envelope, record = one.envelope, one.record

        async def work(tx: T) -> str:
            result: str
            if envelope is None:
                await parking.note_unreadable(record, one.unreadable, tx)
                result = "unreadable"
            else:
                result = await self._apply(envelope, one.event, tx)
            await inbox.advance(record.topic, record.partition, record.offset + 1, tx)
            return result

        return work

    async def _apply(self, envelope: Envelope, event: IncomingEvent | None, tx: T) -> str:
        match await inbox.take(envelope, tx, state=self.subscribed.is_state(envelope.topic)):
            case "repeated":
                return "repeated"
            case "park":
                await parking.follow(envelope, tx)
                return "parked"
            case "erase":
                return "erased" if await self.subscribed.erase(envelope, tx) else "skipped"
            case _:
                return "applied" if await self.subscribed.apply(envelope, tx, event) else "skipped"

    async def _refused(self, one: _Incoming, error: Exception) -> str | None:
        """Why the partition is held, or None when the event is out of the way: applied after all, or parked."""
        envelope = one.envelope
        if isinstance(error, Gap):
            await self._transactions.run(partial(gaps.note, error, one.record), cause=self._cause(envelope, one.span))
        if envelope is None or isinstance(error, Gap | UnknownVersion):
            return self._hold(one, error)
        pauses = () if self.subscribed.is_state(envelope.topic) else self._patience.pauses  # a state comes again anyway
        for pause in pauses:
            await asyncio.sleep(pause)
            again = replace(one, span=self._span(envelope))
            [outcome] = await self._run([again])
            if outcome.error is None:
                telemetry.HANDLED.labels(type=one.type, outcome=outcome.result).inc()
                return None
            error = outcome.error
        verdict = await self._set_aside(one, envelope, error)
        if verdict == "stalled":
            return self._hold(one, error, TOO_MANY)
        telemetry.HANDLED.labels(type=one.type, outcome=verdict).inc()
        self._say(f"consumer.{verdict}", one, error)
        return None

    async def _set_aside(
        self, one: _Incoming, envelope: Envelope, error: Exception
    ) -> Literal["parked", "stalled", "failed"]:
        record, name, where = one.record, type(error).__name__, telemetry.where(error)

        async def work(tx: T) -> Literal["parked", "stalled", "failed"]:
            if self.subscribed.is_state(envelope.topic):
                await inbox.fail(envelope, record, name, where, tx)
            elif await parking.park(envelope, name, where, tx, self._patience.most_an_hour) == "stalled":
                return "stalled"
            await inbox.advance(record.topic, record.partition, record.offset + 1, tx)
            return "failed" if self.subscribed.is_state(envelope.topic) else "parked"

        return await self._transactions.run(work, cause=self._cause(envelope, one.span))

    def _read(self, record: Record) -> _Incoming:
        try:
            envelope = Envelope.parse(record)
        except (KeyError, ValueError) as error:
            log.error("consumer.unreadable", topic=record.topic, partition=record.partition, offset=record.offset)
            span = telemetry.start("process " + record.topic, kind="consumer")
            return _Incoming(record, None, span, unreadable=_name(error))
        return _Incoming(record, envelope, self._span(envelope), self.subscribed.parsed(envelope))

    def _cause(self, envelope: Envelope | None, span: telemetry.Span) -> Cause:
        if envelope is None:
            id = new_id()
            return Cause(id, id, self.clock(), span.traceparent)
        return envelope.cause(self.clock(), span.traceparent)

    def _span(self, envelope: Envelope) -> telemetry.Span:
        return telemetry.start(
            "process " + envelope.topic,
            parent=envelope.traceparent,
            kind="consumer",
            **{
                "messaging.system": "kafka",
                "messaging.operation.type": "process",
                "messaging.destination.name": envelope.topic,
                "messaging.consumer.group.name": self.group,
                "messaging.message.id": str(envelope.id),
                "sangam.event.type": envelope.type,
            },
        )

    def _hold(self, one: _Incoming, error: Exception, reason: str = "") -> str:
        telemetry.HANDLED.labels(type=one.type, outcome="refused").inc()
        self._say("consumer.held", one, error)
        return reason or _name(error)

    def _say(self, what: str, one: _Incoming, error: Exception) -> None:
        """Which record, and where the code refused it; never what the record holds."""
        log.error(
            what,
            topic=one.record.topic,
            partition=one.record.partition,
            offset=one.record.offset,
            type=one.type,
            event_id=str(one.envelope.id) if one.envelope else None,
            correlation_id=str(one.envelope.correlation_id) if one.envelope else None,
            error=_name(error),
            at=telemetry.where(error),
            **({name: error.members[name] for name in ("key", "expected", "came")} if isinstance(error, Gap) else {}),
        )


def _name(error: Exception) -> str:
    return type(error).__name__


def _error(outcome: Outcome[str] | Outcome[None] | None) -> str | None:
    if outcome is None:
        return "Unavailable"
    return _name(outcome.error) if outcome.error else None
