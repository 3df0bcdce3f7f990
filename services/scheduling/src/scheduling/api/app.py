"""The HTTP door."""

from collections.abc import Awaitable, Callable, Sequence

from fastapi import FastAPI

from common import http
from scheduling.api.routes_attendance import routes as attendance
from scheduling.api.routes_places import routes as places
from scheduling.api.routes_timetable import routes as timetable
from scheduling.application.runtime import Scheduling


def create_app(
    service: Scheduling,
    ready: Callable[[], Awaitable[str | None]],
    closing: Sequence[Callable[[], Awaitable[None]]] = (),
) -> FastAPI:
    return http.create_app("scheduling", "Scheduling", service, [places, timetable, attendance], ready, closing)
