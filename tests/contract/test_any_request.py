"""Whatever the descriptions allow is answered as they say: a declared status, the declared shape, never a 500."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import enrolment.api.app
import notifications.api.app
import scheduling.api.app
from tests.contract.test_openapi import DESCRIBED
from tests.support.tokens import a_token, verifier
from tests.unit.enrolment.world import World as EnrolmentWorld
from tests.unit.notifications.world import World as NotificationsWorld
from tests.unit.scheduling.world import World as SchedulingWorld

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
APPS: Mapping[str, tuple[type[Any], Any]] = {
    "enrolment": (EnrolmentWorld, enrolment.api.app.create_app),
    "scheduling": (SchedulingWorld, scheduling.api.app.create_app),
    "notifications": (NotificationsWorld, notifications.api.app.create_app),
}
OPERATIONS = [
    pytest.param(service, found.ok(), id=found.ok().label)
    for service, document in DESCRIBED.items()
    for found in schemathesis.openapi.from_dict(document).get_all_operations()
]


async def ready() -> None:
    return None


class Door:
    """One service in memory with something in it, and the coordinator at its door."""

    def __init__(self, service: str) -> None:
        world, create_app = APPS[service]
        self.world = world()
        self.app = create_app(self.world.service, ready)
        self.app.state.service = _trusting(self.world.service)
        self.token = a_token(person_id=str(uuid4()), campuses=["puducherry"], kinds=["institute_coordinator"])
        self.ids: dict[str, str] = {}

    async def send(self, case: Case) -> httpx.Response:
        asked = case.as_transport_kwargs(base_url="http://sangam.test")
        asked["headers"] = {**(asked.get("headers") or {}), "Authorization": f"Bearer {self.token}"}
        asked.pop("cookies", None)
        if (data := asked.pop("data", None)) is not None:
            asked["content"] = data
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app)) as client:
            return await client.request(**asked)


def _trusting(service: Any) -> Any:
    """With the tests' own issuer, whichever the world was made with."""
    return _Service(service, verifier(Path(mkdtemp())))


class _Service:
    def __init__(self, service: Any, verifier: Any) -> None:
        self._service, self.verifier = service, verifier

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
@settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(data=st.data())
async def test_every_answer_is_as_described(service: str, operation: APIOperation, data: st.DataObject) -> None:
    door = Door(service)
    case = data.draw(operation.as_strategy())

    answer = await door.send(case)

    case.validate_response(Response.from_any(answer), checks=CHECKS)
