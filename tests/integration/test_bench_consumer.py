"""The consumer benchmark with tiny numbers: everybody takes part, and unequal effects are found."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from benchmarks.consumer.__main__ import MODULES, OURS, Race, rounds_of, summary
from benchmarks.consumer.effects import differences, effects_in
from benchmarks.consumer.load import Effects, Load
from benchmarks.consumer.stopwatch import Lap
from benchmarks.spans import collector
from sangam_local.system import System


@pytest.fixture
async def race(parts: System):
    name = f"bench-{uuid4().hex[:8]}"
    async with collector() as spans:
        race = Race(parts, Load(name, 60, 10), Load(f"{name}-short", 30, 10), spans)
        await race.prepare()
        yield race


async def test_everybody_has_equal_effects_and_a_lap(race: Race) -> None:
    found = await rounds_of(race, 1, [*MODULES])

    assert summary(found).keys() >= {"vs_faststream", "vs_faststream_batch", "vs_bare", "own_cpu_us"}
    assert all(lap.own_us > 0 and lap.server_us >= 0 for laps in found.values() for lap in laps)


async def test_there_are_no_figures_when_an_effect_is_missing(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    async def spoilt(mongo: str, database: str) -> Effects:
        client: Any = AsyncIOMotorClient(mongo)
        await client[database].outbox.delete_one({})
        client.close()
        return await effects_in(mongo, database)

    monkeypatch.setattr("benchmarks.consumer.__main__.effects_in", spoilt)

    with pytest.raises(RuntimeError, match=f"{OURS} has not the effects that it must have: outbox: 1 missing"):
        await race.turn(OURS, 0)


def doubled(effects: Effects) -> None:
    effects.outbox["again"] = next(iter(effects.outbox.values()))


def overtaken(effects: Effects) -> None:
    next(iter(effects.rosters.values())).reverse()


def forgotten(effects: Effects) -> None:
    effects.inbox.popitem()


def misnumbered(effects: Effects) -> None:
    next(iter(effects.outbox.values()))["sequence"] += 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (doubled, "outbox: 0 missing, 1 too many, 0 different"),
        (overtaken, "rosters: 0 missing, 0 too many, 1 different"),
        (forgotten, "inbox: 1 missing, 0 too many, 0 different"),
        (misnumbered, "outbox: 0 missing, 0 too many, 1 different"),
    ],
)
def test_unequal_effects_are_found(spoil: Callable[[Effects], None], said: str) -> None:
    load = Load("t", 20, 5)
    found = load.effects
    assert differences(found, load.effects) == []

    spoil(found)

    assert [line.partition(", such as")[0] for line in differences(found, load.effects)] == [said]


def test_a_ratio_is_the_median_of_the_rounds() -> None:
    def laps(*rates: float) -> list[Lap]:
        return [Lap(rate, 100.0, 10.0) for rate in rates]

    found = {name: laps(100, 100, 100) for name in MODULES} | {OURS: laps(50, 80, 400)}

    assert summary(found)["vs_bare"] == 0.8
