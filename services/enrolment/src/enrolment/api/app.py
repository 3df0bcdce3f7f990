"""The HTTP door."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI

from common import http
from enrolment.api.routes_certificates import routes as certificates
from enrolment.api.routes_courses import routes as courses
from enrolment.api.routes_enrolments import routes as enrolments
from enrolment.api.routes_links import routes as links
from enrolment.api.routes_nominations import routes as nominations
from enrolment.api.routes_offerings import routes as offerings
from enrolment.api.routes_people import routes as people
from enrolment.application.runtime import Enrolments

# FastAPI asks one after the other: the first answers when hundreds ask for a place at once.
ROUTERS = [nominations, people, courses, offerings, enrolments, links, certificates]


def create_app(service: Enrolments, ready: Callable[[], Awaitable[str | None]]) -> FastAPI:
    return http.create_app("enrolment", "Enrolment", service, ROUTERS, ready)
