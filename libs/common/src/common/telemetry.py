"""Traces, metrics and logs, by OpenTelemetry's and Prometheus's names; never with personal data."""

import json
import logging
import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal

import structlog
from opentelemetry import context, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from common.resending import Resending

Kind = Literal["server", "client", "producer", "consumer", "internal"]

# What only a worker knows: an api that showed these as 0 would say that nothing waits without having looked.
WORKER = CollectorRegistry()

HANDLED = Counter("sangam_events_handled_total", "Events by what became of them", ["type", "outcome"], registry=WORKER)
LAG = Gauge("sangam_consumer_lag", "Records between here and the end", ["topic", "partition"], registry=WORKER)
OFFSET = Gauge("sangam_consumer_offset", "Where this consumer reads on", ["topic", "partition"], registry=WORKER)
PARTITIONS = Gauge("sangam_consumer_partitions", "Partitions that the group is to read", ["topic"], registry=WORKER)
ASSIGNED = Gauge("sangam_consumer_partitions_assigned", "Partitions read by this process", ["topic"], registry=WORKER)
LOOKED = Gauge("sangam_consumer_looked_timestamp_seconds", "When brokers last said where topics end", registry=WORKER)
HELD = Gauge("sangam_partitions_held", "1 while an event stops its partition", ["topic", "partition"], registry=WORKER)
PARKED_KEYS = Gauge("sangam_parked_keys", "Keys whose events wait for an operator", registry=WORKER)
PARKED_EVENTS = Gauge("sangam_parked_events", "Events that wait for an operator", registry=WORKER)
PARKINGS_STALLED = Gauge(
    "sangam_parkings_stalled", "1 while so many keys were parked that no more may be", registry=WORKER
)
STATES_FAILED = Gauge("sangam_states_failed", "States that have no effect yet", registry=WORKER)
UNREADABLE = Gauge("sangam_records_unreadable", "Records without readable attributes, skipped", registry=WORKER)
OUTBOX_AGE = Gauge("sangam_outbox_age_seconds", "Age of the oldest unpublished event", registry=WORKER)
OUTBOX_ROWS = Gauge("sangam_outbox_rows", "Unpublished events", registry=WORKER)
OUTBOX_REFUSED = Gauge("sangam_outbox_refused", "Keys whose next event Kafka does not take", registry=WORKER)
WAITING = Gauge("sangam_waiting_references", "Undecided work that waits for a reference", ["what"], registry=WORKER)
WAITING_TOO_LONG = Gauge(
    "sangam_waiting_references_too_long", "Work that has waited for ten minutes", ["what"], registry=WORKER
)

RELAY_CYCLES = Counter("sangam_relay_cycles_total", "Relay cycles by result", ["result"])
REQUESTS = Histogram("sangam_http_seconds", "HTTP requests", ["method", "route", "status"])
TRANSACTIONS = Counter("sangam_transactions_total", "Transaction attempts by result", ["result"])

# A series that begins with its first event hides that event from every rate.
for _result in ("published", "nothing", "blocked"):
    RELAY_CYCLES.labels(result=_result)
for _result in ("committed", "conflict", "transient"):
    TRANSACTIONS.labels(result=_result)

_KINDS = {kind: trace.SpanKind[kind.upper()] for kind in ("server", "client", "producer", "consumer", "internal")}
_TRACEPARENT = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?:-.*)?"
)
_tracer = trace.get_tracer("sangam")


class Span:
    """One started span, as text that can wait in a row and be somebody's parent later."""

    __slots__ = ("_span", "traceparent")

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self.traceparent = _said(span.get_span_context())

    def set(self, **attributes: str | int | float | bool) -> None:
        self._span.set_attributes(attributes)

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def end(self, error: str | None = None) -> None:
        if error:
            self._span.set_attribute("error.type", error)
            self._span.set_status(trace.StatusCode.ERROR)
        self._span.end()


def start(name: str, *, parent: str | None = None, kind: Kind = "internal", **attributes: str | int | float) -> Span:
    """`parent` is a W3C traceparent; without one the current span is. The caller ends it."""
    around = _heard(parent) if parent else context.get_current()
    return Span(_tracer.start_span(name, context=around, kind=_KINDS[kind], attributes=attributes))


@contextmanager
def span(
    name: str, *, parent: str | None = None, kind: Kind = "internal", **attributes: str | int | float
) -> Iterator[Span]:
    """`start` as a block: current inside it, ended after it, an exception's class as its error."""
    started = start(name, parent=parent, kind=kind, **attributes)
    token = context.attach(trace.set_span_in_context(started._span))
    try:
        yield started
    except BaseException as error:
        context.detach(token)
        started.end(error=type(error).__name__)
        raise
    context.detach(token)
    started.end()


def traceparent() -> str | None:
    """The current trace, as text that can wait in an outbox row."""
    return _said(trace.get_current_span().get_span_context())


def _said(span: trace.SpanContext) -> str | None:
    """W3C Trace Context, version 00. By hand: a propagator's carrier costs more than the span."""
    if not span.is_valid:
        return None
    return f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}"


def _heard(traceparent: str) -> context.Context:
    """The context that it names; an empty one when it names none."""
    parts = _TRACEPARENT.fullmatch(traceparent)
    if parts is None or parts["version"] == "ff":
        return context.Context()
    flags = trace.TraceFlags(int(parts["flags"], 16))
    remote = trace.SpanContext(int(parts["trace"], 16), int(parts["span"], 16), is_remote=True, trace_flags=flags)
    return trace.set_span_in_context(trace.NonRecordingSpan(remote), context.Context())


def where(error: BaseException) -> str:
    """File, line and function of each frame, innermost last: what a log may say of an exception, whose text may quote
    a person."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return " < ".join(f"{os.path.basename(f.filename)}:{f.lineno} {f.name}" for f in reversed(frames))


def set_up(service: str, process: str, level: str = "INFO") -> None:
    """Once per process: JSON lines on stdout, those of operator commands on stderr; spans to OTEL_TRACES_EXPORTER
    (otlp, zipkin or none)."""
    resource = Resource.create({"service.name": f"{service}-{process}", "service.namespace": "sangam"})
    if exporter := _exporter(os.environ.get("OTEL_TRACES_EXPORTER", "none")):
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
        trace.set_tracer_provider(provider)
    out = sys.stdout if process in ("api", "worker") else sys.stderr  # what a command answers stays by itself
    lines = logging.StreamHandler(out)
    lines.setFormatter(JsonLines(service, process))
    lines.addFilter(Calm())
    logging.basicConfig(handlers=[lines], level=level, force=True)
    for library in ("aiokafka", "uvicorn", "httpx", "pymongo"):
        logging.getLogger(library).setLevel("WARNING")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _with_trace,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, process=process)


class JsonLines(logging.Formatter):
    """What libraries log, in our form: the first line of the unfilled message, since arguments may quote a person."""

    def __init__(self, service: str, process: str) -> None:
        super().__init__()
        self._bound = {"service": service, "process": process}

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        said = {"event": str(record.msg).partition("\n")[0][:200], "logger": record.name, **self._bound}
        said |= {"level": record.levelname.lower(), "time": at}
        if record.exc_info and (error := record.exc_info[1]):
            said |= {"error": type(error).__name__, "at": where(error)}
        return json.dumps(said)


class Calm(logging.Filter):
    """What a library says again and again is heard every ten seconds: while brokers are away, aiokafka alone says forty
    lines a second, and ours are not found between them."""

    def __init__(self, every_s: float = 10.0, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._every_s, self._now = every_s, now
        self._heard: dict[tuple[str, str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        said, now = (
            (record.name, str(record.msg), f"{type(error).__name__} {where(error)}" if error else ""),
            self._now(),
        )
        self._heard = {one: at for one, at in self._heard.items() if now - at < self._every_s}
        if said in self._heard:
            return False
        self._heard[said] = now
        return True


def shut_down() -> None:
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.shutdown()


def _exporter(name: str) -> SpanExporter | None:
    if name == "zipkin":
        from opentelemetry.exporter.zipkin.json import ZipkinExporter

        return Resending(ZipkinExporter())
    if name == "otlp":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter()
    if name != "none":
        raise ValueError(f"OTEL_TRACES_EXPORTER is {name!r}, but may be otlp, zipkin or none")
    return None


def _with_trace(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    current = trace.get_current_span().get_span_context()
    if current.is_valid:
        event["trace_id"], event["span_id"] = f"{current.trace_id:032x}", f"{current.span_id:016x}"
    return event
