"""From records to reactions: each event once, in order per key, a batch in one transaction. Knows no Kafka."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, Generic

import structlog

from common import inbox, telemetry
from common.cause import Cause
from common.envelope import Envelope, Record
from common.event import IncomingEvent, IncomingState
from common.transaction import Member, Outcome, T, Transactions

log = structlog.get_logger()

Reaction = Callable[[Any, T], Awaitable[None]]
Subscriptions = Mapping[type[IncomingEvent], Reaction[T]]


@dataclass(frozen=True, slots=True)
class Handled:
    """Read on from `next`; with `held`, the record there cannot be applied now, and nothing behind it may pass."""

    next: int
    held: str | None = None


@dataclass(frozen=True, slots=True)
class _Incoming:
    record: Record
    envelope: Envelope
    span: telemetry.Span


class UnknownVersion(Exception):
    """A subscribed fact came in a version that this code does not know."""


class Consumer(Generic[T]):
    def __init__(
        self,
        group: str,
        subscriptions: Subscriptions[T],
        transactions: Transactions[T],
        clock: Callable[[], datetime],
        done: Callable[[], None] = lambda: None,
    ) -> None:
        """`done` is called after a batch that changed something, for work that waits for reactions."""
        self.group, self._transactions, self._clock, self._done = group, transactions, clock, done
        self._known = {(kind.topic, kind.event_type): (kind, react) for kind, react in subscriptions.items()}
        self._names = {(kind.topic, _name(kind.event_type)) for kind in subscriptions}
        self._states = {kind.topic for kind in subscriptions if issubclass(kind, IncomingState)}

    @property
    def topics(self) -> list[str]:
        return sorted({topic for topic, _ in self._known})

    async def handle(self, records: Sequence[Record]) -> Handled:
        """One batch of one partition, in order. Raises Unavailable: nothing is known of it, come again."""
        incoming: list[_Incoming] = []
        unreadable: str | None = None
        for record in records:
            try:
                envelope = Envelope.parse(record)
            except (KeyError, ValueError) as error:
                unreadable = self._hold(record, None, error)
                break
            incoming.append(_Incoming(record, envelope, self._span(envelope)))
        # A refused record stops its partition: everybody behind it stands in one line.
        members = [Member(self._work(one), self._cause(one), line="partition") for one in incoming]
        outcomes: list[Outcome[str]] = []
        try:
            outcomes = await self._transactions.run_group(members)
        finally:
            for one, outcome in zip_longest(incoming, outcomes):
                one.span.end(error=_error(outcome))
        next_offset = records[0].offset
        for one, outcome in zip(incoming, outcomes, strict=True):
            if outcome.error:
                return self._after(records, Handled(next_offset, self._refused(one, outcome.error)))
            telemetry.HANDLED.labels(type=one.envelope.type, outcome=outcome.result).inc()
            next_offset = one.record.offset + 1
        return self._after(records, Handled(next_offset, unreadable))

    def _after(self, records: Sequence[Record], handled: Handled) -> Handled:
        if handled.next > records[0].offset:
            self._done()
        return handled

    def _work(self, one: _Incoming) -> Callable[[T], Awaitable[str]]:
        envelope, record = one.envelope, one.record

        async def work(tx: T) -> str:
            state = envelope.topic in self._states
            result: str = await inbox.take(envelope, tx, state=state)
            if result == "apply":
                if known := self._known.get((envelope.topic, envelope.type)):
                    kind, react = known
                    await react(kind.model_validate_json(envelope.data), tx)
                    result = "applied"
                elif (envelope.topic, _name(envelope.type)) in self._names:
                    raise UnknownVersion(envelope.type)
                else:
                    result = "skipped"
            await inbox.advance(record.topic, record.partition, record.offset + 1, tx)
            return result

        return work

    def _cause(self, one: _Incoming) -> Cause:
        return one.envelope.cause(self._clock(), one.span.traceparent)

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

    def _refused(self, one: _Incoming, error: Exception) -> str:
        telemetry.HANDLED.labels(type=one.envelope.type, outcome="refused").inc()
        return self._hold(one.record, one.envelope, error)

    def _hold(self, record: Record, envelope: Envelope | None, error: Exception) -> str:
        """Says which record stops its partition and where the code refused it; never what the record holds."""
        log.error(
            "consumer.held",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            type=envelope.type if envelope else None,
            event_id=str(envelope.id) if envelope else None,
            correlation_id=str(envelope.correlation_id) if envelope else None,
            error=type(error).__name__,
            at=telemetry.where(error),
        )
        return type(error).__name__


def _error(outcome: Outcome[str] | None) -> str | None:
    if outcome is None:
        return "Unavailable"
    return type(outcome.error).__name__ if outcome.error else None


def _name(event_type: str) -> str:
    return event_type.rpartition(".v")[0]
