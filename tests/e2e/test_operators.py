"""What operators read of each of the six processes, and what they must not find there."""

import json
import signal

import httpx
import pytest

from sangam_local.system import System
from tests.support.eventually import eventually

SERVICES = ("enrolment", "scheduling", "notifications")
PROCESSES = [f"{service}-{role}" for service in SERVICES for role in ("api", "worker")]


def url(system: System, process: str, path: str) -> str:
    return f"http://127.0.0.1:{system.ports.of(process.replace('-', '_'))}{path}"


@pytest.mark.parametrize("process", PROCESSES)
async def test_every_process_says_how_it_is(system: System, process: str) -> None:
    async with httpx.AsyncClient() as http:
        for path in ("/livez", "/readyz"):
            answer = await http.get(url(system, process, path))
            assert (answer.status_code, answer.text) == (200, "ok")
        metrics = (await http.get(url(system, process, "/metrics"))).text

    wanted = ["sangam_outbox_age_seconds", "sangam_consumer_lag", "sangam_events_handled_total"]
    wanted += ["sangam_notices"] if process == "notifications-worker" else []
    assert [name for name in wanted if name not in metrics] == []


async def test_the_workers_show_their_lag(system: System) -> None:
    async with httpx.AsyncClient() as http:

        async def all_show() -> bool:
            pages = [await http.get(url(system, f"{service}-worker", "/metrics")) for service in SERVICES]
            return all('sangam_consumer_lag{partition="0"' in page.text for page in pages)

        await eventually(all_show, timeout=40)


@pytest.mark.parametrize(
    "path", ["/livez", "/readyz", "/metrics", "/enrolment/../metrics", "/enrolment/v1/%2e%2e/%2e%2e/metrics"]
)
async def test_none_of_it_is_reached_through_the_gateway(system: System, path: str) -> None:
    async with httpx.AsyncClient(base_url=system.urls()["gateway"]) as http:
        answer = await http.get(path)

    assert answer.status_code in (400, 401, 404)
    assert "sangam_" not in answer.text


async def test_logs_are_json_with_the_trace_of_the_request(system: System) -> None:
    async with httpx.AsyncClient(base_url=system.urls()["gateway"]) as http:
        await http.get("/enrolment/v1/people?employee_id=SECRET-NAME")
    log = system.home.logs / "enrolment-api.log"

    async def lines() -> list[dict[str, str]]:
        return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]

    requests = [line for line in await lines() if line["event"] == "http.request"]
    assert requests
    assert all(
        {"trace_id", "span_id", "route", "status", "service", "level", "time"} <= line.keys() for line in requests
    )
    assert "SECRET-NAME" not in log.read_text()


@pytest.mark.rule("R1")
async def test_a_killed_process_is_back_by_itself(system: System) -> None:
    before = system.kill("scheduling-worker", signal.SIGKILL)

    async def back() -> bool:
        [state] = [state for state in system.status() if state.name == "scheduling-worker"]
        return state.running and state.pid != before and await system.ready("scheduling-worker")

    await eventually(back, timeout=60)
