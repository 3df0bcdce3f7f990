"""Actors who want what the others want: many requests for few seats, second thoughts, edits, nervous fingers.

Which actor does what is drawn from one seed. What the system answers decides how it goes on, so two runs of a seed
choose alike and need not be equal.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.faults.client import Client
from tests.faults.history import Operation
from tests.faults.institute import HOME, Institute, Run, open_run

Json = dict[str, Any]
SEATED = ("confirmed", "reconfirm_pending")
WAITS = ("waitlisted", "requested")


@dataclass
class Workload:
    """`pause_s` is how long an actor thinks between two operations, at most."""

    institute: Institute
    client: Client
    rng: random.Random
    actors: int = 6
    pause_s: float = 0.3
    cancellations: bool = True
    enrolments: dict[tuple[str, str], str] = field(default_factory=dict)
    unique: int = 0
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until `stop`; each actor ends what it has begun."""
        seeds = [self.rng.random() for _ in range(self.actors)]
        await asyncio.gather(*(self._actor(random.Random(seed)) for seed in seeds))

    def stop(self) -> None:
        self._stop.set()

    async def _actor(self, rng: random.Random) -> None:
        ways: list[tuple[int, Callable[[random.Random], Awaitable[None]]]] = [
            (60, self.take_part),
            (8, self.nervous),
            (6, self.other_body),
            (6, self.refused),
            (5, self.reseat),
            (4, self.stale_edit),
            (4, self.reschedule),
            (1, self.cancel),
        ]
        while not self._stop.is_set():
            [way] = rng.choices([way for _, way in ways], [weight for weight, _ in ways])
            await way(rng)
            await asyncio.sleep(rng.random() * self.pause_s)

    async def take_part(self, rng: random.Random) -> None:
        """One step of one person in one offering, whatever is possible there."""
        run, person = rng.choice(self._open()), rng.choice(self._asking())
        id = self.enrolments.get((run.id, person))
        if id is None:
            await (self.request if rng.random() < 0.8 else self.nominate)(run, person)
            return
        answer = await self.client.read(f"/enrolment/v1/enrolments/{id}", self._trainee(person))
        if answer.status_code != 200:
            return
        enrolment = answer.json()
        match enrolment["state"]:
            case "offered":
                verb = "accept-offer" if rng.random() < 0.7 else "refuse-offer"
                await self._step(run, person, id, verb, {"offer_version": enrolment["offer"]["version"]})
            case "reconfirm_pending" if rng.random() < 0.7:
                await self._step(run, person, id, "reconfirm", {})
            case state if state in SEATED or state in WAITS:
                if rng.random() < 0.6:
                    await self._step(run, person, id, "withdraw", {"reason": f"busy {self._number()}"})
            case _:
                await self.request(run, person)

    async def request(self, run: Run, person: str, at_once: int = 1) -> Operation:
        operation = await self.client.command(
            "request",
            f"/enrolment/v1/offerings/{run.id}/enrolments",
            {},
            self._trainee(person),
            at_once=at_once,
            offering=run.id,
            person=person,
        )
        self._keep(run, person, operation)
        return operation

    async def nominate(self, run: Run, person: str) -> Operation:
        operation = await self.client.command(
            "nominate",
            f"/enrolment/v1/offerings/{run.id}/nominations",
            {"person_id": person},
            self.institute.coordinator,
            offering=run.id,
            person=person,
        )
        self._keep(run, person, operation)
        return operation

    async def withdraw(self, run: Run, person: str) -> Operation | None:
        id = self.enrolments.get((run.id, person))
        return await self._step(run, person, id, "withdraw", {"reason": f"busy {self._number()}"}) if id else None

    async def step_of(self, run: Run, person: str, patience: float) -> Operation:
        """Take a place, or give it up: whatever the person has not now."""
        id = self.enrolments.get((run.id, person))
        if id is not None:
            answer = await self.client.read(f"/enrolment/v1/enrolments/{id}", self._trainee(person), patience)
            if answer.json()["state"] in SEATED:
                return await self._step(run, person, id, "withdraw", {"reason": f"busy {self._number()}"})
        operation = await self.request(run, person)
        if operation.outcome == "fail":  # an earlier one succeeded after nobody waited for it any more
            path = f"/enrolment/v1/offerings/{run.id}/enrolments"
            listed = await self.client.all(path, self.institute.coordinator)
            self.enrolments |= {(run.id, item["person_id"]): item["id"] for item in listed}
            return await self.step_of(run, person, patience)
        return operation

    async def nervous(self, rng: random.Random) -> None:
        """The same request three times at once, and once more afterwards."""
        run, person = rng.choice(self._open()), rng.choice(self._asking())
        operation = await self.request(run, person, at_once=3)
        await self.client.again(operation, {}, self._trainee(person))

    async def other_body(self, rng: random.Random) -> None:
        """A key that was used comes again with another body."""
        run, person = rng.choice(self._open()), rng.choice(self._asking())
        operation = await self.nominate(run, person)
        if operation.ok:
            other = rng.choice(self.institute.strangers)
            await self.client.otherwise(operation, {"person_id": other}, self.institute.coordinator)

    async def refused(self, rng: random.Random) -> None:
        """Somebody of a campus without a share asks: never anything of theirs may stay."""
        run, person = rng.choice(self._open()), rng.choice(self.institute.strangers)
        path = f"/enrolment/v1/offerings/{run.id}/enrolments"
        token = self._trainee(person)
        await self.client.command("stranger", path, {}, token, marks=(person,), offering=run.id, person=person)

    async def reseat(self, rng: random.Random) -> None:
        """More or fewer seats; fewer than are taken is refused, and nothing of that may stay."""
        await self.edit(rng.choice(self._open()), seats=rng.randint(2, 7))

    async def edit(self, run: Run, seats: int | None = None, if_match: str = "") -> Operation:
        path, token = f"/enrolment/v1/offerings/{run.id}", self.institute.coordinator
        etag = if_match or (await self.client.read(path, token)).headers["etag"]
        label = f"LABEL-{self._number()}-END"
        body: Json = {"label": label} | ({"shares": {HOME: seats}} if seats else {})
        return await self.client.command(
            "edit", path, body, token, method="PATCH", if_match=etag, marks=(label,), offering=run.id
        )

    async def stale_edit(self, rng: random.Random) -> None:
        await self.edit(rng.choice(self._open()), if_match='"1"')

    async def reschedule(self, rng: random.Random) -> None:
        run = rng.choice(self._open())
        await self.move(run, minutes=rng.choice((15, -15, 30, -30)), days=rng.choice((0, 0, 1, 7)))

    async def move(self, run: Run, minutes: int, days: int = 0) -> Operation:
        """A released session gets another time; another day asks everybody to confirm again (S-09)."""
        path = f"/scheduling/v1/sessions/{run.sessions[0]}"
        seen = await self.client.read(path, self.institute.planner)
        start = datetime.fromisoformat(seen.json()["start"]) + timedelta(days=days, minutes=minutes)
        return await self.client.command(
            "reschedule",
            f"{path}/reschedule",
            {"start": start.isoformat()},
            self.institute.planner,
            if_match=seen.headers["etag"],
            offering=run.id,
            session=run.sessions[0],
        )

    async def cancel(self, rng: random.Random) -> None:
        """An offering ends for everybody in it; its course gets a new one."""
        run = rng.choice(self._open())
        if not self.cancellations or len(self._open()) < 3:
            return
        run.cancelled = True
        path, token = f"/enrolment/v1/offerings/{run.id}", self.institute.coordinator
        etag = (await self.client.read(path, token)).headers["etag"]
        body = {"reason": "no-room"}
        operation = await self.client.command("cancel", f"{path}/cancel", body, token, if_match=etag, offering=run.id)
        run.cancelled = operation.outcome != "fail"
        if run.cancelled:
            self.institute.runs.append(await open_run(self.institute, self.client, run.course_id, rng.randint(3, 5)))

    async def _step(self, run: Run, person: str, id: str, verb: str, body: Json) -> Operation:
        path = f"/enrolment/v1/enrolments/{id}/{verb}"
        return await self.client.command(
            verb, path, body, self._trainee(person), offering=run.id, person=person, enrolment=id
        )

    def _keep(self, run: Run, person: str, operation: Operation) -> None:
        if operation.ok:
            self.enrolments[run.id, person] = operation.answer["id"]

    def _open(self) -> list[Run]:
        return [run for run in self.institute.runs if not run.cancelled]

    def _asking(self) -> list[str]:
        return self.institute.trainees

    def _trainee(self, person: str) -> str:
        return self.institute.token("trainee", person)

    def _number(self) -> int:
        self.unique += 1
        return self.unique
