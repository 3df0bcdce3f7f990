"""Each of the six processes is killed once in the middle of a story, at a seeded random moment; it ends the same."""

import asyncio
import random
import signal

import pytest

from sangam_local.parts import SERVICES
from sangam_local.showing import show
from sangam_local.story import TITLES
from sangam_local.system import System
from tests.support.eventually import eventually
from tests.support.outcome import check_ending

PROCESSES = [f"{service}-{role}" for service in SERVICES for role in ("api", "worker")]


class Killer:
    """Kills each process once: at the border of a step, or up to two seconds into it."""

    def __init__(self, system: System, rng: random.Random) -> None:
        self.system = system
        self.killed: dict[str, int] = {}
        self.tasks: list[asyncio.Task[None]] = []
        steps = rng.choices(range(1, len(TITLES) - 2), k=len(PROCESSES))
        self.plan = [
            (step, name, rng.choice((0.0, rng.random() * 2))) for step, name in zip(steps, PROCESSES, strict=True)
        ]

    async def on_step(self, number: int, title: str) -> None:
        for step, name, delay in self.plan:
            if step == number:
                self.tasks.append(asyncio.create_task(self._kill(name, delay)))

    async def all_are_back(self) -> bool:
        states = self.system.supervisor.states()
        anew = all(states[name].pid not in (0, pid) for name, pid in self.killed.items())
        return anew and await self.system.ready(*PROCESSES)

    async def _kill(self, name: str, delay: float) -> None:
        await asyncio.sleep(delay)
        self.killed[name] = self.system.kill(name, signal.SIGKILL)


@pytest.mark.rule("M-01", "M-12")
@pytest.mark.parametrize("seed", [2, 72, 111])
async def test_the_story_ends_the_same_whoever_is_killed(system: System, seed: int) -> None:
    killer = Killer(system, random.Random(seed))

    report = await show(system.home, system.urls(), number=100 + seed, patience=150, on_step=killer.on_step)

    await asyncio.gather(*killer.tasks)
    assert sorted(killer.killed) == sorted(PROCESSES)
    await eventually(lambda: killer.all_are_back(), timeout=60)
    check_ending(report)
