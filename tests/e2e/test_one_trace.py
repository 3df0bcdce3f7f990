"""One request is one trace: from the gateway through three services and Kafka to the hand-over of the mail."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sangam_local import identity
from sangam_local.client import Acting, Gateway, gateway
from sangam_local.institute import Person
from sangam_local.showing import directory
from sangam_local.system import System
from tests.support.eventually import eventually
from tests.support.offering import open_workshop, without_a_place

Span = dict[str, Any]
WORKERS = ("notifications-worker", "scheduling-worker")


@dataclass(frozen=True, slots=True)
class Scene:
    """An open offering without approvals, and people who may ask for a place in it."""

    system: System
    door: Gateway
    offering: str
    people: dict[str, str]
    nobody_yet: list[Person]

    def asking(self) -> tuple[Acting, str]:
        """Somebody who never asked before."""
        person = self.nobody_yet.pop()
        person_id = self.people[person.employee_id]
        token = identity.sign(self.system.home.root, person_id=person_id, campuses=[person.campus], kinds=["trainee"])
        return self.door.acting(token), person_id

    def coordinator(self) -> Acting:
        return self.door.acting(
            identity.sign(self.system.home.root, campuses=identity.CAMPUSES, kinds=["institute_coordinator"])
        )


@pytest.fixture(scope="module")
async def scene(system: System) -> AsyncIterator[Scene]:
    async with gateway(system.urls()["gateway"]) as door:
        institute, seeded = await directory(system.home, door)
        offering = await open_workshop(system.home, door, institute, seeded)
        nobody_yet = await without_a_place(system.home, door, institute, seeded)
        yield Scene(system, door, offering, dict(seeded.people), nobody_yet)


async def test_a_request_can_be_followed_to_its_mail(scene: Scene) -> None:
    trainee, person_id = scene.asking()

    await trainee.post(f"/enrolment/v1/offerings/{scene.offering}/enrolments")

    await _unbroken(scene, person_id)


async def test_also_when_the_workers_were_down_in_between(scene: Scene) -> None:
    trainee, person_id = scene.asking()
    await scene.system.stop(*WORKERS)

    try:
        await trainee.post(f"/enrolment/v1/offerings/{scene.offering}/enrolments")
    finally:
        await scene.system.start(*WORKERS)

    await _unbroken(scene, person_id)


async def _unbroken(scene: Scene, person_id: str) -> None:
    trace_id = await _trace_of_the_notice(scene, person_id)
    async with httpx.AsyncClient(base_url=scene.system.urls()["traces"]) as zipkin:

        async def spans() -> list[Span]:
            answer = await zipkin.get(f"/zipkin/api/v2/trace/{trace_id}")
            found: list[Span] = answer.json() if answer.status_code == 200 else []
            assert {_service(span) for span in found} >= {"enrolment", "scheduling", "notifications"}
            _whole({span["id"]: span for span in found}, trace_id)
            return found

        await eventually(spans, timeout=60)


def _whole(trace: dict[str, Span], trace_id: str) -> None:
    """Every process tells of its spans once a second, so that for a moment a child may be there before its parent."""
    assert {span["traceId"] for span in trace.values()} == {trace_id}
    roots = [span for span in trace.values() if "parentId" not in span]
    assert len(roots) == 1
    assert [span for span in trace.values() if span.get("parentId", roots[0]["id"]) not in trace] == []
    handed_over = _handed_over(trace.values())
    assert handed_over
    for goal in (*handed_over, *(s for s in trace.values() if _service(s) == "scheduling")):
        path = _upwards(goal, trace)
        assert path[-1] is roots[0]
        assert _service(roots[0]) == "gateway"
        kinds = {(_service(span), span.get("kind")) for span in path}
        assert {(_service(goal), "CONSUMER"), ("enrolment", "PRODUCER"), ("enrolment", "SERVER")} <= kinds


async def _trace_of_the_notice(scene: Scene, person_id: str) -> str:
    """As the ledger tells an operator (O-01)."""

    async def sent() -> list[dict[str, Any]]:
        found = await scene.coordinator().all("/notifications/v1/notices", person_id=person_id, purpose="confirmed")
        return [notice for notice in found if notice["state"] == "sent"]

    (notice,) = await eventually(sent, timeout=60)
    return str(notice["trace_id"])


def _handed_over(spans: Iterable[Span]) -> list[Span]:
    """The hand-over to the mail server is a call that leaves notifications."""
    return [s for s in spans if (_service(s), s.get("kind"), s["name"]) == ("notifications", "CLIENT", "send email")]


def _upwards(span: Span, trace: dict[str, Span]) -> list[Span]:
    path = [span]
    while "parentId" in path[-1]:
        path.append(trace[path[-1]["parentId"]])
    return path


def _service(span: Span) -> str:
    """Without the role of the process, which is what follows the hyphen."""
    return str(span["localEndpoint"]["serviceName"]).partition("-")[0]
