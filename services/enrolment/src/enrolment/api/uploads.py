"""A CSV file as the body of a request."""

from typing import Any

from fastapi import Request

from enrolment.domain.errors import CsvContentType

CSV_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}},
}


async def csv_of(request: Request) -> bytes:
    """Raises CsvContentType."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        raise CsvContentType(expected="text/csv")
    return await request.body()
