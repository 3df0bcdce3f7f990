"""Our wire form as other people's code reads it: the CloudEvents SDK and the W3C trace context."""

import json
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event
from opentelemetry.sdk.trace import TracerProvider

from common import telemetry
from common.cause import Cause
from common.envelope import Envelope, Record
from common.event import Event
from common.outbox import Told, number
from common.store import Document, Write
from docs.generate.examples import examples
from docs.generate.services import services

EVENTS = [pytest.param(kind, id=kind.__name__) for service in services() for kind in service.events]
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CAUSE = Cause(
    id=UUID("01970000-0000-7000-8000-00000000000a"),
    correlation_id=UUID("01970000-0000-7000-8000-00000000000b"),
    at=datetime(2026, 8, 14, 3, 30, 1, 250_000, tzinfo=UTC),
    traceparent=TRACE,
)
TRACEPARENT = re.compile(r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")


class EmptyStore:
    """A database in which nothing was told yet."""

    async def read(self, collection: str, ids: Collection[str]) -> dict[str, Document]:
        return {}

    async def find(self, *_: object, **__: object) -> list[Document]:
        return []

    async def write(self, writes: Sequence[Write]) -> None: ...


async def told(event: Event) -> Envelope:
    _, [envelope] = await number(
        EmptyStore(), [Told(UUID(int=7), event, CAUSE, 0, f"{event.topic}/{event.key}")], "/sangam/enrolment"
    )
    return envelope


def message(envelope: Envelope) -> KafkaMessage:
    return KafkaMessage(headers=dict(envelope.headers()), key=envelope.key.encode(), value=envelope.data)


@pytest.mark.parametrize("kind", EVENTS)
async def test_the_cloudevents_sdk_reads_what_we_write(kind: type[Event]) -> None:
    for example in examples(kind):
        read = from_binary_event(message(await told(example)))

        assert read.get_specversion() == "1.0"
        assert read.get_id() == str(UUID(int=7))
        assert read.get_type() == kind.event_type
        assert read.get_source() == "/sangam/enrolment"
        assert read.get_time() == CAUSE.at
        assert read.get_datacontenttype() == "application/json"
        assert read.get_extension("sequence") == "00000000000000000001"
        assert read.get_extension("partitionkey") == example.key
        assert read.get_extension("causationid") == str(CAUSE.id)
        assert read.get_extension("correlationid") == str(CAUSE.correlation_id)
        assert read.get_data() == json.loads(example.model_dump_json())


@pytest.mark.parametrize("kind", EVENTS)
async def test_we_read_what_the_cloudevents_sdk_writes(kind: type[Event]) -> None:
    ours = await told(examples(kind)[0])

    theirs = to_binary_event(from_binary_event(message(ours)))

    trace = [("traceparent", TRACE.encode())]
    read = Envelope.parse(Record(ours.topic, 0, 0, theirs.value, [*theirs.headers.items(), *trace]))
    assert json.loads(read.data) == json.loads(ours.data)
    assert [getattr(read, name) for name in WRITTEN] == [getattr(ours, name) for name in WRITTEN]


WRITTEN = [name for name in Envelope.__dataclass_fields__ if name != "data"]


async def test_sequences_sort_as_text() -> None:
    """The CloudEvents sequence extension compares text."""
    texts = [dict(_envelope(sequence).headers())["ce_sequence"] for sequence in (9, 10, 1_000_000)]

    assert texts == sorted(texts)


@pytest.mark.rule("T1")
async def test_the_trace_travels_as_the_w3c_writes_it() -> None:
    with TracerProvider().get_tracer("test").start_as_current_span("request"):
        headers = dict(_envelope(1).traced(telemetry.traceparent()).headers())

    assert TRACEPARENT.match(headers["traceparent"].decode())


async def test_an_untraced_event_has_no_trace_header() -> None:
    assert "traceparent" not in dict(_envelope(1).headers())


def _envelope(sequence: int) -> Envelope:
    return Envelope(
        id=UUID(int=7),
        type="sangam.offering.opened.v1",
        source="/sangam/enrolment",
        time=CAUSE.at,
        topic="enrolment-events",
        key="k",
        sequence=sequence,
        correlation_id=CAUSE.correlation_id,
        causation_id=CAUSE.id,
        traceparent=None,
        data=b"{}",
    )
