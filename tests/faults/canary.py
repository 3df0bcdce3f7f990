"""The watch on progress: one small story told again and again, and how long each of its steps takes to be seen.

A person takes and gives up a seat in an offering of their own, and a campus nobody uses changes its name. Seen from
outside: each service says by `Sangam-Stale` whether it has applied a position, and the mail arrives.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.faults.client import LATER, Client
from tests.faults.institute import ELSEWHERE, Institute, Run, campus_body
from tests.faults.judge.progress import Beat
from tests.faults.workload import Workload
from tests.support.eventually import eventually

GROUPS = ("scheduling", "notifications", "enrolment")
WRITES, PLANS, MAIL = "commands", "planning", "mail"
EVERYTHING = frozenset({WRITES, PLANS, MAIL, *GROUPS})


@dataclass
class Canary:
    """`run` is an offering that nobody else touches, `person` who asks in it."""

    institute: Institute
    client: Client
    workload: Workload
    run: Run
    person: str
    address: str
    looks: dict[str, str] = field(default_factory=dict)

    async def prepare(self) -> None:
        """What is looked at is one document each: whoever asks ten times a second must not be what slows everything."""
        path = f"/notifications/v1/notices?person_id={self.person}&limit=1"

        async def noticed() -> str | None:
            items = (await self.client.read(path, self.institute.coordinator, 120)).json()["items"]
            return items[0]["id"] if items else None

        await self.workload.step_of(self.run, self.person, patience=120)
        notice = await eventually(noticed, timeout=120)
        self.looks = {
            "scheduling": "/scheduling/v1/campuses",
            "notifications": f"/notifications/v1/notices/{notice}",
            "enrolment": f"/enrolment/v1/offerings/{self.run.id}",
        }

    async def beat(self, within: float, wanted: Iterable[str] = EVERYTHING) -> Beat:
        """Returns when all that is wanted was seen, or the time is up; what was not seen by then is None."""
        began = time.monotonic()
        took: dict[str, float | None] = dict.fromkeys(wanted)

        def seen(what: str) -> None:
            took[what] = time.monotonic() - began

        tasks = [
            asyncio.create_task(self._seat(seen, set(took))),
            asyncio.create_task(self._campus(seen, set(took))),
        ]
        while time.monotonic() - began < within and None in took.values():  # noqa: ASYNC110  seen by several
            await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return Beat({what: took[what] for what in took})

    async def _seat(self, seen: Callable[[str], None], wanted: set[str]) -> None:
        """A place is taken, or given up; scheduling and notifications hear of it, and so does the person."""
        if not wanted - {PLANS, "enrolment"}:
            return
        before = self._mails()
        operation = await self.workload.step_of(self.run, self.person, patience=120)
        if not operation.ok:
            return
        seen(WRITES) if WRITES in wanted else None
        positions = ",".join(operation.answers[0].positions)
        looks = [self._reached(name, positions, seen) for name in ("scheduling", "notifications") if name in wanted]
        if MAIL in wanted:
            looks.append(self._mail(before, seen))
        await asyncio.gather(*looks)

    async def _campus(self, seen: Callable[[str], None], wanted: set[str]) -> None:
        """A fact of scheduling's; enrolment hears of it."""
        if not wanted & {PLANS, "enrolment"}:
            return
        headers = {"Authorization": f"Bearer {self.institute.coordinator}", "Idempotency-Key": str(uuid4())}
        path = f"/scheduling/v1/campuses/{ELSEWHERE}"
        while True:
            found = await self.client.read("/scheduling/v1/campuses", self.institute.coordinator, 120)
            [known] = [item for item in found.json()["items"] if item["id"] == ELSEWHERE]
            sent = {**headers, "If-Match": f'"{known["version"]}"', "Idempotency-Key": str(uuid4())}
            try:
                name = f"Elsewhere {uuid4()}"  # another one each time: an attempt may have been done without an answer
                answer = await self.client.http.put(path, json=campus_body(ELSEWHERE, name), headers=sent)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 200:
                break
            await asyncio.sleep(0.2)
        seen(PLANS) if PLANS in wanted else None
        if "enrolment" in wanted:
            await self._reached("enrolment", answer.headers["sangam-position"], seen)

    async def _reached(self, name: str, positions: str, seen: Callable[[str], None]) -> None:
        async def look() -> bool:
            answer = await self.client.get(self.looks[name], self.institute.coordinator, position=positions)
            return answer.status_code not in LATER and "sangam-stale" not in answer.headers

        await _until(look)
        seen(name)

    async def _mail(self, before: int, seen: Callable[[str], None]) -> None:
        async def look() -> bool:
            return self._mails() > before

        await _until(look)
        seen(MAIL)

    def _mails(self) -> int:
        return sum(one.to == self.address for one in self.institute.ground.sinks.mails.log)


async def _until(look: Callable[[], Awaitable[bool]]) -> None:
    while True:
        try:
            if await look():
                return
        except httpx.TransportError:
            pass  # looked at again
        await asyncio.sleep(0.1)
