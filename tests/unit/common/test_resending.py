"""What became of a batch of spans whose collector had just hung up."""

import asyncio
import json

import pytest
from opentelemetry.exporter.zipkin.json import ZipkinExporter
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult

from common.resending import Resending


def a_span(name: str) -> ReadableSpan:
    span = TracerProvider().get_tracer("test").start_span(name)
    span.end()
    assert isinstance(span, ReadableSpan)
    return span


@pytest.mark.rule("T1")
async def test_spans_come_although_the_collector_closes_what_stood_idle() -> None:
    came: list[str] = []

    async def collect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Takes the first request of a connection; the second finds it closed."""
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        came.extend(span["name"] for span in json.loads(await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
        await reader.read(1)
        writer.transport.abort()

    server = await asyncio.start_server(collect, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        exporter = Resending(ZipkinExporter(endpoint=f"http://127.0.0.1:{port}/api/v2/spans"))

        results = [await asyncio.to_thread(exporter.export, [a_span(name)]) for name in ("first", "second")]
        exporter.shutdown()

    assert came == ["first", "second"]
    assert results == [SpanExportResult.SUCCESS] * 2
