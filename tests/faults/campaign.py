"""A run: a workload, faults one after another with the watch on progress, then rest, then what can be seen."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sangam_local.scale import SINGLE, Scale
from tests.faults import ground, institute, settle, views
from tests.faults.canary import EVERYTHING, Canary
from tests.faults.client import Client, client
from tests.faults.faults import Fault, Kind
from tests.faults.ground import Ground
from tests.faults.history import History
from tests.faults.institute import HOME, Institute
from tests.faults.judge.progress import Beat, Incident
from tests.faults.workload import Workload

Say = Callable[[str], None]
DURING_S = 60.0
AFTER_S = 75.0
SPANS_S = 4.0


@dataclass
class Campaign:
    """`samples` are the shares of offerings, as HTTP showed them while things went on."""

    ground: Ground
    client: Client
    history: History
    institute: Institute
    workload: Workload
    canary: Canary
    rng: random.Random
    incidents: list[Incident] = field(default_factory=list)
    samples: list[dict[str, dict[str, int]]] = field(default_factory=list)
    say: Say = lambda _: None

    async def suffer(self, fault: Fault) -> Incident:
        """Inject one fault, see what goes on during it, and how soon everything does after it."""
        began = time.time()
        during = Beat()
        async with fault.injected:
            held = asyncio.create_task(asyncio.sleep(fault.hold_s))
            if fault.promised:
                during = await self.canary.beat(DURING_S, fault.promised)
            await held
        ended = time.time()
        after = await self.canary.beat(AFTER_S, EVERYTHING)
        incident = Incident(fault.kind, fault.target, began, ended, fault.promised, during, after)
        self.incidents.append(incident)
        slow = f", all went on after {after.longest:.1f} s" if not after.missing(EVERYTHING) else ""
        lacks = after.missing(EVERYTHING) + during.missing(fault.promised)
        self.say(f"{len(self.incidents)}. {fault.kind} ({fault.target}){slow}{' LACKS ' + str(lacks) if lacks else ''}")
        return incident

    async def suffer_all(self, kinds: Sequence[str], catalogue: Mapping[str, Kind]) -> None:
        for kind in kinds:
            await self.suffer(catalogue[kind](self.ground, self.rng))

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """The workload goes on for as long as the block lasts; whatever it raises is raised here."""
        tasks = [asyncio.create_task(self.workload.run()), asyncio.create_task(self._sample())]
        try:
            yield
            self.workload.stop()
            await tasks[0]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def rest_and_look(self, timeout: float) -> views.View:  # noqa: ASYNC109
        took = await settle.at_rest(self.ground, timeout)
        self.say(f"at rest after {took:.1f} s")
        await asyncio.sleep(SPANS_S)  # exporters send every second, and nothing tells when they have
        return await views.look(self.ground, self.client, self.institute)

    def undisturbed(self, since: float, until: float) -> bool:
        """No process was killed, with the spans of its last second, while what happened then may still have gone on
        in the other services."""
        killed = [incident.began for incident in self.incidents if incident.kind == "kill-process"]
        return not any(since - SPANS_S < at < until + AFTER_S / 3 for at in killed)

    async def _sample(self) -> None:
        while True:
            for run in list(self.institute.runs):
                path = f"/enrolment/v1/offerings/{run.id}"
                self.samples.append((await self.client.read(path, self.institute.coordinator, 600)).json()["shares"])
                await asyncio.sleep(0.25)


@asynccontextmanager
async def prepared(
    folder: Path,
    seed: int,
    *,
    scale: Scale = SINGLE,
    versions: Mapping[str, str] = ground.PRESENT,
    people: int = 60,
    offerings: int = 4,
    seats: int = 3,
    actors: int = 6,
    pause_s: float = 0.3,
    say: Say = lambda _: None,
) -> AsyncIterator[Campaign]:
    """The system is up and the institute is in it; one more offering is the canary's."""
    history = History()
    async with ground.running(folder, scale, versions) as there, client(there.gateway, history) as asking:
        say("everything is up")
        made = await institute.found(there, asking, people, offerings, seats)
        workload = Workload(made, asking, random.Random(seed), actors=actors, pause_s=pause_s)
        course = made.courses[-1]
        own = await institute.open_run(made, asking, course, 5)
        last = len(made.people) - 1
        canary = Canary(made, asking, workload, own, made.people[last], institute.address(last))
        await canary.prepare()
        say(f"{len(made.people)} people, {len(made.runs)} offerings, shares at {HOME}")
        yield Campaign(there, asking, history, made, workload, canary, random.Random(seed + 1), say=say)
