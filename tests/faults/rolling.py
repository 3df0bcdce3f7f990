"""A rolling restart under load: each process is asked to stop, one after another, while people go on clicking."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from sangam_local.probe import until
from sangam_local.processes import alive
from tests.faults.ground import Ground
from tests.faults.institute import Institute
from tests.faults.judge.progress import Restart

_LOOKS = (
    "/enrolment/v1/offerings?limit=5",
    "/scheduling/v1/campuses",
    "/notifications/v1/notices?person_id={}&limit=5",
)
_PATIENCE_S = 40.0


@dataclass
class Clicks:
    """People without any patience of their own: what the gateway answers is what counts."""

    made: int = 0
    failed: list[str] = field(default_factory=list)


async def restart(ground: Ground, process: str) -> Restart:
    """SIGTERM; the supervisor starts it again. Returns when it is ready."""
    began = time.monotonic()
    pid = await asyncio.to_thread(ground.system.kill, process, signal.SIGTERM)

    async def gone() -> bool:
        return not alive(pid)

    async def back() -> bool:
        [state] = [state for state in ground.system.status() if state.name == process]
        return state.running and state.pid != pid and await ground.system.ready(process)

    await until(gone, _PATIENCE_S)
    drained = time.monotonic() - began
    await until(back, _PATIENCE_S)
    return Restart(process, drained)


@asynccontextmanager
async def clicking(ground: Ground, institute: Institute, people: int = 4) -> AsyncIterator[Clicks]:
    """Reads of all three services, and commands with a key of their own; none is repeated by the clicker."""
    clicks, stopped = Clicks(), asyncio.Event()

    async def person(number: int, http: httpx.AsyncClient) -> None:
        token = institute.coordinator
        while not stopped.is_set():
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
            path, method = _LOOKS[clicks.made % len(_LOOKS)].format(institute.people[number]), "GET"
            if clicks.made % 4 == 3:
                path, method = "/enrolment/v1/programmes", "POST"
            body = {"code": f"CLICK-{number}-{clicks.made}", "titles": {"en": "Click"}} if method == "POST" else None
            clicks.made += 1
            try:
                answer = await http.request(method, path, headers=headers, json=body)
            except httpx.TransportError as error:
                clicks.failed.append(f"{method} {path}: {type(error).__name__}")
            else:
                if answer.status_code >= 400:
                    clicks.failed.append(f"{method} {path} was answered {answer.status_code} {answer.text[:100]}")
            await asyncio.sleep(0.05)

    async with httpx.AsyncClient(base_url=ground.gateway, timeout=30) as http:
        tasks = [asyncio.create_task(person(number, http)) for number in range(people)]
        try:
            yield clicks
        finally:
            stopped.set()
            await asyncio.gather(*tasks)
