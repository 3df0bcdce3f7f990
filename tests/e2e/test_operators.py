"""What operators read of each of the six processes, and what they must not find there."""

import json
import re
import signal

import httpx
import pytest

from docs.generate.metrics import metrics
from sangam_local.client import gateway
from sangam_local.showing import directory
from sangam_local.system import System
from tests.support.eventually import eventually
from tests.support.offering import open_workshop

SERVICES = ("enrolment", "scheduling", "notifications")
PROCESSES = [f"{service}-{role}" for service in SERVICES for role in ("api", "worker")]


def url(system: System, process: str, path: str) -> str:
    return f"http://127.0.0.1:{system.ports.of(process.replace('-', '_'))}{path}"


@pytest.mark.parametrize("process", PROCESSES)
async def test_every_process_says_how_it_is(system: System, process: str) -> None:
    async with httpx.AsyncClient() as http:
        for path in ("/livez", "/readyz"):
            asked = url(system, process, path)

            async def is_well(asked: str = asked) -> bool:
                answer = await http.get(asked)
                return (answer.status_code, answer.text) == (200, "ok")

            await eventually(is_well)


@pytest.mark.parametrize("process", PROCESSES)
async def test_every_process_shows_the_metrics_that_the_page_says_and_no_others(system: System, process: str) -> None:
    """An api shows nothing that only a worker looks after: its 0 would be no news."""
    service, _, role = process.partition("-")
    async with httpx.AsyncClient() as http:
        page = (await http.get(url(system, process, "/metrics"))).text

    shown = {re.sub("_(total|created)$", "", name) for name in re.findall("^# TYPE (sangam_[a-z_]+)", page, re.M)}
    assert shown == {m.name for m in metrics() if service in m.services and (role == "worker" or not m.worker_only)}


async def test_the_workers_show_their_lag_what_they_handled_and_their_notices(system: System) -> None:
    async with gateway(system.urls()["gateway"]) as door:  # something for every worker to handle
        institute, seeded = await directory(system.home, door)
        await open_workshop(system.home, door, institute, seeded)
    async with httpx.AsyncClient() as http:

        async def all_show() -> bool:
            pages = [(await http.get(url(system, f"{service}-worker", "/metrics"))).text for service in SERVICES]
            handled = [
                re.search(r'^sangam_events_handled_total\{outcome="applied".*\} [1-9]', page, re.M) for page in pages
            ]
            notices = re.search(r'^sangam_notices\{state="due"\} \d', pages[-1], re.M)
            return all('sangam_consumer_lag{partition="0"' in page for page in pages) and all(handled) and bool(notices)

        await eventually(all_show, timeout=40)


@pytest.mark.parametrize(
    "path", ["/livez", "/readyz", "/metrics", "/enrolment/../metrics", "/enrolment/v1/%2e%2e/%2e%2e/metrics"]
)
async def test_none_of_it_is_reached_through_the_gateway(system: System, path: str) -> None:
    async with httpx.AsyncClient(base_url=system.urls()["gateway"]) as http:
        answer = await http.get(path)

    assert answer.status_code in (400, 401, 404)
    assert "sangam_" not in answer.text


async def test_every_line_of_the_logs_is_json_and_names_trace_and_correlation(system: System) -> None:
    async with httpx.AsyncClient(base_url=system.urls()["gateway"]) as http:
        await http.get("/enrolment/v1/people?employee_id=SECRET-NAME")
    logs = {process: (system.home.logs / f"{process}.log").read_text() for process in PROCESSES}
    lines = {process: [json.loads(line) for line in text.splitlines()] for process, text in logs.items()}

    requests = [line for of in lines.values() for line in of if line["event"] == "http.request"]
    told = {"trace_id", "span_id", "correlation_id", "route", "status", "service", "level", "time"}
    assert requests
    assert all(told <= line.keys() for line in requests)
    handed_over = [line for line in lines["notifications-worker"] if line["event"] == "notice.handed_over"]
    assert all(line["correlation_id"] and line["trace_id"] for line in handed_over)
    assert not [process for process, text in logs.items() if "SECRET-NAME" in text]


@pytest.mark.rule("R1")
async def test_a_killed_process_is_back_by_itself(system: System) -> None:
    before = system.kill("scheduling-worker", signal.SIGKILL)

    async def back() -> bool:
        [state] = [state for state in system.status() if state.name == "scheduling-worker"]
        return state.running and state.pid != before and await system.ready("scheduling-worker")

    await eventually(back, timeout=60)
