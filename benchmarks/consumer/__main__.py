"""Our consumer runtime against FastStream, one event and one batch at a time, and against a bare loop.

All read the same partitions in turn, several rounds; after each turn the database must hold exactly the effects of the
load, or there are no figures. The slowest reads a shorter topic.
"""

import argparse
import asyncio
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.consumer.contest import BATCH, Contest, hold
from benchmarks.consumer.effects import differences, drop, effects_in
from benchmarks.consumer.load import Load
from benchmarks.consumer.stopwatch import Lap
from benchmarks.parts import running
from benchmarks.ratios import Ratio, spread
from benchmarks.spans import collector
from sangam_local.system import System

OURS, SILENT = "ours", "ours, spans off"
EACH, BARE = "FastStream, each", "bare loop"
TUNED, TRACED = "FastStream, batch", "FastStream, batch, spans on"
MODULES = {
    OURS: "ours",
    SILENT: "ours",
    EACH: "faststream_each",
    TUNED: "faststream_batch",
    BARE: "bare",
    TRACED: "faststream_batch",
}
PAIRS = {
    "vs_faststream": (OURS, EACH),
    "vs_faststream_batch": (OURS, TUNED),
    "vs_bare": (OURS, BARE),
    "vs_faststream_spans_off": (SILENT, EACH),
    "vs_faststream_batch_spans_off": (SILENT, TUNED),
    "vs_bare_spans_off": (SILENT, BARE),
    "vs_faststream_batch_spans_on": (OURS, TRACED),
}
Found = Mapping[str, Sequence[Lap]]


@dataclass(frozen=True)
class Race:
    """Where the contestants meet; `short` is for the slowest."""

    system: System
    long: Load
    short: Load
    spans: str
    counting: bool = False
    batch: int = BATCH

    async def prepare(self) -> None:
        for load in (self.long, self.short):
            await load.fill(self.system.urls()["kafka"])

    async def turn(self, name: str, round_: int) -> Lap:
        """Raises RuntimeError when the effects are not those of the load."""
        load = self.short if name == EACH else self.long
        contest = Contest(
            contestant=MODULES[name],
            mongo=self.system.mongo_url(),
            brokers=self.system.urls()["kafka"],
            topic=load.topic,
            events=load.events,
            database=f"{load.topic}-{'-'.join(name.replace(',', '').lower().split())}-{round_}",
            server=self.system.supervisor.states()["mongo"].pid,
            spans=self.spans if name in (OURS, TRACED) else "",
            counting=self.counting,
            batch=self.batch,
        )
        lap = await hold(contest)
        if wrong := differences(await effects_in(contest.mongo, contest.database), load.effects):
            raise RuntimeError(f"{name} has not the effects that it must have: {'; '.join(wrong)}")
        await drop(contest.mongo, contest.database)
        return lap


async def rounds_of(race: Race, rounds: int, names: Sequence[str]) -> dict[str, list[Lap]]:
    """Whoever begins one round ends the next."""
    found: dict[str, list[Lap]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in [*names[turn:], *names[:turn]]:
            lap = await race.turn(name, number)
            cpu = f"{lap.own_us:5.0f} us/event of its own and {lap.server_us:5.0f} of the server"
            print(f"round {number + 1}  {name:27} {lap.per_second:7.0f} events/s  {cpu}", flush=True)
            found[name].append(lap)
    return found


def summary(found: Found) -> dict[str, float]:
    """Prints what was found and answers the figures of the last line."""
    print(f"\n{'':27} {'events/s':>24} {'own CPU, us/event':>24} {'server CPU, us/event':>24}")
    for name, laps in found.items():
        columns = [[getattr(lap, what) for lap in laps] for what in ("per_second", "own_us", "server_us")]
        print(f"{name:27}" + "".join(f" {spread(column):>24}" for column in columns))
    figures: dict[str, float] = {}
    for key, pair in PAIRS.items():
        ours, reference = pair
        ratio = Ratio.of(*([lap.per_second for lap in found[who]] for who in pair))
        figures[key] = round(ratio.median, 2)
        print(f"{ours:16} against {reference:27} {ratio}")
    figures["own_cpu_us"] = round(statistics.median(lap.own_us for lap in found[OURS]), 1)
    return figures


def print_commands(found: Found) -> None:
    for name, laps in found.items():
        print(f"{name:27} " + ", ".join(f"{count} {what}" for what, count in sorted(laps[0].commands.items())))


async def main(given: argparse.Namespace) -> None:
    long = Load("bench-confirmed", given.events, given.keys)
    short = Load("bench-confirmed-short", given.short, given.keys)
    async with running({"kafka", "mongo"}) as system, collector() as spans:
        race = Race(system, long, short, spans, given.commands, given.batch)
        await race.prepare()
        found = await rounds_of(race, given.rounds, given.only)
    if given.commands:
        print_commands(found)
    elif {*given.only} == {*MODULES}:
        print(json.dumps(summary(found)))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=20_000)
    asked.add_argument("--short", type=int, default=5_000, help="events for the slowest")
    asked.add_argument("--keys", type=int, default=1_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--batch", type=int, default=BATCH, help="records in a transaction of those who choose")
    asked.add_argument("--commands", action="store_true", help="count database commands instead of racing")
    asked.add_argument("--only", nargs="*", choices=[*MODULES], default=[*MODULES], help="look at some; no figures")
    asyncio.run(main(asked.parse_args()))
