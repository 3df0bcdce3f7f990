"""How long from a request to its mail: ours, and the floor beside it, in turns on the same parts.

Open loop: requests leave on time whether or not earlier ones were answered. The clock stops when the SMTP sink has
taken the whole message. Both are entered at the service's own port; ours runs with telemetry on.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks import ours
from sangam_local.home import Home
from sangam_local.parts import ALL
from sangam_local.ports import Ports
from sangam_local.system import System

HERE = Path(__file__).parent
RATES = (20, 100)
Shoot = Callable[[int], Awaitable[str]]


@dataclass(frozen=True)
class Figures:
    """Milliseconds from request to mail; `lost` mails never came."""

    p50: float
    p99: float
    lost: int

    @classmethod
    def of(cls, milliseconds: Sequence[float], lost: int) -> "Figures":
        found = sorted(milliseconds)
        return cls(statistics.median(found), found[min(len(found) - 1, int(len(found) * 0.99))], lost)


async def measure(shoot: Shoot, rate: int, seconds: float, first: int, notes: Path) -> Figures:
    """`shoot(i)` sends request i and answers the address that will get the mail."""
    begun: dict[str, int] = {}
    loop = asyncio.get_running_loop()
    start = loop.time()

    async def one(i: int) -> None:
        at = time.monotonic_ns()
        begun[await shoot(first + i)] = at

    tasks = []
    for i in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, start + i / rate - loop.time()))
        tasks.append(asyncio.create_task(one(i)))
    await asyncio.gather(*tasks)
    deadline = loop.time() + 30
    while True:
        taken = arrivals(notes)
        if begun.keys() <= taken.keys() or loop.time() > deadline:
            break
        await asyncio.sleep(0.1)
    spans = [(taken[to] - at) / 1e6 for to, at in begun.items() if to in taken]
    return Figures.of(spans, len(begun) - len(spans))


def arrivals(notes: Path) -> Mapping[str, int]:
    """The first arrival per address."""
    found: dict[str, int] = {}
    for line in notes.read_text().splitlines():
        at, _, to = line.partition(" ")
        found.setdefault(to, int(at))
    return found


@asynccontextmanager
async def process(*words: str) -> AsyncIterator[None]:
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", *words, cwd=HERE.parent)
    try:
        yield
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


@asynccontextmanager
async def floor(system: System, smtp: int, port: int) -> AsyncIterator[Shoot]:
    mongo, kafka = system.mongo_url(), system.urls()["kafka"]
    await ours.make_topic(kafka, "floor-events")
    async with (
        process("benchmarks.floor", "api", mongo, kafka, str(port)),
        process("benchmarks.floor", "worker", mongo, kafka, str(smtp)),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=httpx.Limits(max_connections=200)) as http,
    ):

        async def shoot(i: int) -> str:
            to = f"floor{i}@example.org"
            (await http.post("/", json={"to": to})).raise_for_status()
            return to

        await ours.answering(http)
        yield shoot


async def main(seconds: float, rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="sangam-bench-") as folder:
        ports = Ports.free()
        system = System(Home(Path(folder)), ports, "test", with_=ALL - {"gateway", "identity", "mailbox"})
        notes = Path(folder) / "notes"
        notes.touch()
        async with process("benchmarks.sink", str(ports.smtp), str(notes)):
            try:
                await system.up()
                people = int(sum(RATES) * seconds * rounds) + 200
                async with ours.desk(system, people) as mine, floor(system, ports.smtp, ports.gateway) as least:
                    print_result(await rounds_of(mine, least, notes, seconds, rounds))
            finally:
                await system.down()


async def rounds_of(
    mine: Shoot, least: Shoot, notes: Path, seconds: float, rounds: int
) -> dict[int, list[tuple[Figures, Figures]]]:
    next_ours = next_floor = 0
    for shoot in (mine, least):  # warm-up, not counted
        await measure(shoot, 20, 5, 0, notes)
    next_ours = next_floor = 100
    found: dict[int, list[tuple[Figures, Figures]]] = {rate: [] for rate in RATES}
    for _ in range(rounds):
        for rate in RATES:
            theirs = await measure(least, rate, seconds, next_floor, notes)
            own = await measure(mine, rate, seconds, next_ours, notes)
            next_floor += int(rate * seconds)
            next_ours += int(rate * seconds)
            found[rate].append((own, theirs))
    return found


def print_result(found: Mapping[int, Sequence[tuple[Figures, Figures]]]) -> None:
    worst = {"p50_ratio": 0.0, "p99_ratio": 0.0}
    lost_in_all = 0
    for rate, pairs in found.items():
        for name in ("p50", "p99"):
            own = statistics.median(getattr(mine, name) for mine, _ in pairs)
            least = statistics.median(getattr(theirs, name) for _, theirs in pairs)
            ratios = sorted(getattr(mine, name) / getattr(theirs, name) for mine, theirs in pairs)
            ratio = statistics.median(ratios)
            print(
                f"{rate:4}/s {name}: ours {own:7.1f} ms  floor {least:7.1f} ms"
                f"  ratio {ratio:.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})"
            )
            worst[f"{name}_ratio"] = max(worst[f"{name}_ratio"], ratio)
        lost = sum(mine.lost + theirs.lost for mine, theirs in pairs)
        lost_in_all += lost
        print(f"{rate:4}/s lost: {lost}")
    if lost_in_all:
        raise SystemExit(f"{lost_in_all} requests led to no mail: these are no figures")
    print(json.dumps({name: round(value, 2) for name, value in worst.items()}))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=15)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    asyncio.run(main(given.seconds, given.rounds))
