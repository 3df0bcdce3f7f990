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
            await self.stop()
            raise Unavailable() from error
        if refused:
            log.warning("kafka.producer_discarded", error=refused[0].reason)
            await self.stop()
        return refused

    async def _send(self, producer: AIOKafkaProducer, envelopes: Sequence[Envelope]) -> list[Refusal]:
        refused: dict[str, Refusal] = {}
        topics: dict[str, str] = {}
        sent: list[tuple[Envelope, asyncio.Future[Any]]] = []
        for e in envelopes:
            if e.topic in topics:
                refused.setdefault(e.stream, Refusal(e, topics[e.topic]))
            if e.stream in refused:
                continue
            try:
                ack = await producer.send(e.topic, e.data, e.key.encode(), headers=e.headers())
                if len(e.data or b"") > OWN_BATCH_BYTES:
                    await ack  # it may be too large: then nothing of its stream may be on the way behind it
                sent.append((e, ack))
            except (*REFUSED, *TOPIC_REFUSED) as error:
                refused[e.stream] = Refusal(e, type(error).__name__)
                if isinstance(error, TOPIC_REFUSED):
                    topics[e.topic] = type(error).__name__
        answers = await asyncio.gather(*(ack for _, ack in sent), return_exceptions=True)
        for (e, _), answer in zip(reversed(sent), reversed(answers), strict=True):
            if isinstance(answer, (*REFUSED, *TOPIC_REFUSED)):
                refused[e.stream] = Refusal(e, type(answer).__name__)  # at the end, the first of its stream
            elif isinstance(answer, BaseException):
                raise answer
        return list(refused.values())

    async def stop(self) -> None:
        producer, self._producer = self._producer, None
        if producer:
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await asyncio.wait_for(producer.stop(), 2)

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
