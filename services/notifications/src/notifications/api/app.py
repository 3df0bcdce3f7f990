"""The HTTP door."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI

from common import http
from notifications.api.routes import routes
from notifications.application.runtime import Notifications


def create_app(service: Notifications, ready: Callable[[], Awaitable[str | None]]) -> FastAPI:
    return http.create_app("notifications", "Notifications", service, [routes], ready)
