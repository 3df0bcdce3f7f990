"""Sending to Kafka: a producer that is replaced after any error, and tells what is refused from what is away."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTimestampError,
    InvalidTopicError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
    UnsupportedForMessageFormatError,
)

from common.envelope import Envelope
from common.outbox import Refusal
from common.problem import Unavailable
from common.topics import MOST_BYTES

log = structlog.get_logger()

# Nothing that waiting mends; of these the second kind concerns all records of a topic.
REFUSED = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    InvalidTimestampError,
    UnsupportedForMessageFormatError,
    PolicyViolationError,
)
TOPIC_REFUSED = (InvalidTopicError, UnknownTopicOrPartitionError, TopicAuthorizationFailedError)
ANSWER_S = 20.0
METADATA_MS = 10_000  # who was away is known again soon, before another goes
OWN_BATCH_BYTES = 16 * 1024  # what aiokafka puts into a batch together


class KafkaProducer:
    """After any error the producer is discarded: an idempotent one may have poisoned its sequence numbers. So it is
    when no answer comes: by itself it never gives up, and it asks those brokers only that it heard of last."""

    def __init__(self, brokers: str, request_timeout_ms: int = 5_000) -> None:
        self._settings = {
            "bootstrap_servers": brokers,
            "acks": "all",
            "enable_idempotence": True,
            "request_timeout_ms": request_timeout_ms,
            "max_request_size": MOST_BYTES,
            "metadata_max_age_ms": METADATA_MS,
        }
        self._producer: AIOKafkaProducer | None = None

    async def send(self, envelopes: Sequence[Envelope]) -> Sequence[Refusal]:
        """All side by side, but nothing of a stream behind an event that was refused. Raises Unavailable."""
        try:
            async with asyncio.timeout(ANSWER_S):
                refused = await self._send(self._producer or await self._start(), envelopes)
        except Exception as error:
            log.warning("kafka.producer_discarded", error=type(error).__name__)
            await self._discard()
            raise Unavailable() from error
        if refused:
            log.warning("kafka.producer_discarded", error=refused[0].reason)
            await self._discard()
        return refused

    async def _send(self, producer: AIOKafkaProducer, envelopes: Sequence[Envelope]) -> list[Refusal]:
        refused: dict[str, Refusal] = {}
        topics: dict[str, str] = {}
        sent: list[tuple[Envelope, asyncio.Future[Any]]] = []
        failures: list[BaseException] = []

        def look(ack: "asyncio.Future[Any]") -> None:
            error = None if ack.cancelled() else ack.exception()
            if error and not isinstance(error, (*REFUSED, *TOPIC_REFUSED)):
                failures.append(error)

        for e in envelopes:
            if failures:
                raise failures[0]
            if e.topic in topics:
                refused.setdefault(e.stream, Refusal(e, topics[e.topic]))
            if e.stream in refused:
                continue
            try:
                ack = await producer.send(e.topic, e.data, e.key.encode(), headers=e.headers())
                ack.add_done_callback(look)
                if len(e.data or b"") > OWN_BATCH_BYTES:
                    await ack  # it may be too large: then nothing of its stream may be on the way behind it
                sent.append((e, ack))
            except (*REFUSED, *TOPIC_REFUSED) as error:
                refused[e.stream] = Refusal(e, type(error).__name__)
                if isinstance(error, TOPIC_REFUSED):
                    topics[e.topic] = type(error).__name__
        waiting = {ack for _, ack in sent}
        while waiting and not failures:
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_EXCEPTION)
            await asyncio.sleep(0)  # so that those that are done have been looked at
        if failures:
            raise failures[0]
        for e, ack in reversed(sent):
            if answer := ack.exception():
                refused[e.stream] = Refusal(e, type(answer).__name__)  # at the end, the first of its stream
        return list(refused.values())

    async def stop(self) -> None:
        if self._producer:
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await asyncio.wait_for(self._producer.stop(), 2)
        await self._discard()

    async def _discard(self) -> None:
        """With what it has not sent yet: by its own stop it would send that first, past what failed, or go on trying
        for ever."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        producer._closed = True
        for close in (producer._sender.close, producer.client.close):
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await asyncio.wait_for(close(), 2)

    async def _start(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(**self._settings)
        try:
            await producer.start()
        except BaseException:
            with contextlib.suppress(Exception):
                await producer.stop()
            raise
        self._producer = producer
        return producer
