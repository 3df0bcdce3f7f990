"""Spans are sent once more where the collector had just closed the connection that stood idle.

Zipkin's exporter gives such a batch up; the one for OTLP sends it again by itself.
"""

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult


class Resending(SpanExporter):
    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Raises OSError for a collector that is away. What it had taken already comes again under the same ids."""
        try:
            return self._exporter.export(spans)
        except OSError:
            return self._exporter.export(spans)

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)
