"""1,500 requests for 300 seats, 64 at a time: the enrolment API, deciding together, against a transaction per request.

After each turn the seats are counted, from outside, or there are no figures. Beside them the same API with groups of
one: no conflicts either, but a transaction per request, one after the other; and a bare loop that writes the same rows
in groups by hand: what the machine and its database leave to win. What a turn left stays: a few thousand rows more cost
the next one less than as many that were removed.
"""

import argparse
import asyncio
import json
import statistics
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import ours
from benchmarks.consumer.stopwatch import cpu_s
from benchmarks.hot import bare, naive
from benchmarks.hot.recorded import NOTES
from benchmarks.hot.rows import TOPIC
from benchmarks.hot.rush import Asked, post, rush
from benchmarks.hot.stage import PARTS, Stage
from benchmarks.hot.verdict import Place, Turn, faults
from benchmarks.parts import running
from benchmarks.ratios import Ratio, spread
from benchmarks.spans import collector
from sangam_local.ports import Ports
from sangam_local.probe import until

OURS, SILENT, ALONE = "ours", "ours, spans off", "ours, groups of one"
REFERENCES = NAIVE, TUNED, BARE = "naive", "naive, tuned", "bare loop"
WARM = 64


@dataclass(frozen=True)
class Lap:
    """`own_us` and `server_us` are CPU microseconds per decision."""

    per_second: float
    own_us: float
    server_us: float


@dataclass(frozen=True)
class Rush:
    """`turn` is one contestant's; `notes` is where an API notes arrivals."""

    stage: Stage
    seats: int
    at_once: int
    spans: str
    notes: Path

    async def turn(self, name: str) -> Lap:
        """Raises RuntimeError when the seats did not go as they must."""
        warm, hot = [await self.stage.offering(self.seats) for _ in range(2)]
        database = self.stage.system.supervisor.states()["mongo"].pid
        async with self._process(name, [warm, hot]) as (process, port):
            await rush(port, self._asked(name, warm)[:WARM], self.at_once)
            self.notes.write_text("")
            told = await self._facts(name, hot)
            asked = self._asked(name, hot)
            before = cpu_s(process), cpu_s(database)
            answers = await rush(port, asked, self.at_once)
            own, server = cpu_s(process) - before[0], cpu_s(database) - before[1]
            facts = await self._facts(name, hot) - told
            arrivals = None if name in REFERENCES else self.notes.read_text().split()
            turn = Turn(self.seats, answers, await self._places(name, hot), facts, arrivals)
        if wrong := faults(turn):
            raise RuntimeError(f"{name}: {'; '.join(wrong)}")
        seconds = max(one.back for one in answers) - min(one.sent for one in answers)
        return Lap(len(asked) / seconds, own * 1e6 / len(asked), server * 1e6 / len(asked))

    @asynccontextmanager
    async def _process(self, name: str, offerings: Sequence[str]) -> AsyncIterator[tuple[int, int]]:
        """Its process id and port."""
        port = Ports.free().enrolment_api
        mongo = self.stage.system.mongo_url()
        if name in REFERENCES:
            for offering in offerings:
                await (bare if name == BARE else naive).set_up(mongo, offering, self.seats)
        if name == BARE:
            brokers = self.stage.system.urls()["kafka"]
            told = self.stage.process("benchmarks.hot.bare", mongo, brokers, str(port), port=port)
        elif name in REFERENCES:
            how = "tuned" if name == TUNED else "plain"
            told = self.stage.process("benchmarks.hot.naive", mongo, str(port), how, port=port)
        else:
            told = self.stage.process(
                "benchmarks.hot.recorded",
                "api",
                port=port,
                OTEL_TRACES_EXPORTER="none" if name == SILENT else "zipkin",
                OTEL_EXPORTER_ZIPKIN_ENDPOINT=self.spans,
                **{NOTES: str(self.notes)},
                **({"ENROLMENT_GROUP_COMMIT": "1"} if name == ALONE else {}),
            )
        async with told as pid:
            yield pid, port

    def _asked(self, name: str, offering: str) -> list[Asked]:
        """The Idempotency-Key is the person: it is what an API notes."""
        if name in REFERENCES:
            path = f"/offerings/{offering}/enrolments"
            return [
                post(path, person, json.dumps({"person_id": person}).encode(), idempotency_key=person)
                for person in self.stage.tokens
            ]
        path = f"/enrolment/v1/offerings/{offering}/enrolments"
        return [
            post(path, person, authorization=f"Bearer {token}", idempotency_key=person)
            for person, token in self.stage.tokens.items()
        ]

    async def _places(self, name: str, offering: str) -> dict[str, Place]:
        if name not in REFERENCES:
            return await self.stage.places(offering)
        async with self.stage.database(_database(name)) as database:
            rows = await database.enrolments.find({"offering_id": offering}).to_list(None)
            return {row["person_id"]: Place(row["state"], row["queue_no"], row["rank"]) for row in rows}

    async def _facts(self, name: str, offering: str) -> int:
        """How many were told: numbered, left in the outbox, or, by the bare loop, on the topic with nothing left."""
        if name not in REFERENCES:
            return await self.stage.facts(offering)
        async with self.stage.database(_database(name)) as database:
            if name != BARE:
                return int(await database.outbox.count_documents({"_id": {"$regex": f"^{offering}/"}}))
            await until(lambda: _is_empty(database.outbox), 30)
            return await ours.records_on(self.stage.system.urls()["kafka"], TOPIC)


def _database(name: str) -> str:
    return bare.DATABASE if name == BARE else naive.DATABASE


async def _is_empty(collection: Any) -> bool:
    return await collection.find_one({}) is None


async def rounds_of(held: Rush, rounds: int) -> dict[str, list[Lap]]:
    """Whoever begins one round ends the next."""
    names = [OURS, SILENT, ALONE, *REFERENCES]
    found: dict[str, list[Lap]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in [*names[turn:], *names[:turn]]:
            lap = await held.turn(name)
            print(f"round {number + 1}  {name:20} {lap.per_second:7.0f} decided/s", flush=True)
            found[name].append(lap)
    return found


def summary(found: Mapping[str, Sequence[Lap]]) -> dict[str, float]:
    """Prints what was found and answers the figures of the last line."""
    print(f"\n{'':20} {'decided/s':>22} {'own CPU, us each':>22} {'server CPU, us each':>22}")
    for name, laps in found.items():
        columns = [[getattr(lap, what) for lap in laps] for what in ("per_second", "own_us", "server_us")]
        print(f"{name:20}" + "".join(f" {spread(column):>22}" for column in columns))
    rates = {name: [lap.per_second for lap in laps] for name, laps in found.items()}
    figures: dict[str, float] = {}
    for key, who, whom in (
        ("vs_naive", OURS, NAIVE), ("vs_naive_tuned", OURS, TUNED), ("vs_naive_tuned_spans_off", SILENT, TUNED),
        ("vs_groups_of_one", OURS, ALONE), ("vs_bare", OURS, BARE), ("vs_bare_spans_off", SILENT, BARE),
    ):  # fmt: skip
        ratio = Ratio.of(rates[who], rates[whom])
        figures[key] = round(ratio.median, 2)
        print(f"{who:16} against {whom:20} {ratio}")
    figures["per_second"] = round(statistics.median(rates[OURS]))
    figures["per_second_spans_off"] = round(statistics.median(rates[SILENT]))
    figures["per_second_bare"] = round(statistics.median(rates[BARE]))
    return figures


async def main(requests: int, seats: int, at_once: int, rounds: int) -> dict[str, float]:
    async with running(PARTS) as system, collector() as spans:
        await ours.make_topic(system.urls()["kafka"], TOPIC)
        stage = await Stage.furnish(system, requests)
        notes = system.home.run / "arrivals"
        return summary(await rounds_of(Rush(stage, seats, at_once, spans, notes), rounds))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--requests", type=int, default=1_500)
    asked.add_argument("--seats", type=int, default=300)
    asked.add_argument("--at-once", type=int, default=64)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    print(json.dumps(asyncio.run(main(given.requests, given.seats, given.at_once, given.rounds))))
