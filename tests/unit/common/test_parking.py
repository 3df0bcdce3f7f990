"""A failing key waits whole and in order, whatever comes meanwhile, until an operator lets it go."""

import json
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.consumer import Consumer, Handled, Patience
from common.memory import MemoryDatabase
from common.parked_cli import Parking
from common.parking import NotAtHead, Unpark
from common.problem import NotFound
from common.subscriptions import Subscribed
from tests.support.things import INDEXES, NOW, ThingHeard, ThingTransaction, World, a_record, cause, on_heard


class Closing(MemoryDatabase):
    def close(self) -> None:
        """There is nothing to end."""


class Waiting(World):
    """A consumer whose reaction refuses what `refuses` says; the operator's commands beside it."""

    def __init__(self, most_an_hour: int = 20) -> None:
        super().__init__(Closing(INDEXES))
        self.refuses: Callable[[ThingHeard], bool] = lambda _: False
        self.now = NOW
        patience = Patience(pauses=(), most_an_hour=most_an_hour)
        self.consumer = Consumer(
            "things", {ThingHeard: self.react}, self.transactions, lambda: self.now, patience=patience
        )
        self.operator = Parking(self.database, self.transactions, self.consumer)

    async def react(self, event: ThingHeard, tx: ThingTransaction) -> None:
        await on_heard(event, tx)
        if self.refuses(event):
            raise ValueError("a person's name")

    async def park(self, id: UUID, first: int, last: int) -> None:
        """Everything up to `last`, of which `first` is refused."""
        self.refuses = lambda event: (event.thing_id, event.count) == (id, first)
        assert await self.consumer.handle([a_record(id, n) for n in range(1, last + 1)]) == Handled(last)

    def row(self, id: UUID) -> dict[str, object]:
        return self.database.collections["inbox"][stream(id)]

    def parked(self, id: UUID) -> list[int]:
        rows = [r for r in self.database.collections["parked"].values() if r["stream"] == stream(id)]
        return sorted(r["sequence"] for r in rows)


def stream(id: UUID) -> str:
    return f"thing-events/{id}"


@pytest.mark.rule("O2", "O1")
async def test_followers_wait_behind_it_in_order_and_nothing_of_the_key_overtakes() -> None:
    world, bad, good = Waiting(), uuid4(), uuid4()
    await world.park(bad, 2, 3)

    later = [a_record(good, 1, offset=3), a_record(bad, 4, offset=4), a_record(good, 2, offset=5)]
    assert await world.consumer.handle(later) == Handled(6)

    assert (await world.seen(bad), world.parked(bad)) == ((1,), [2, 3, 4])
    assert (await world.seen(good), world.parked(good)) == ((1, 2), [])
    assert (world.row(bad)["applied"], world.row(bad)["taken"], world.row(bad)["parked"]) == (1, 4, True)


@pytest.mark.rule("O1")
async def test_a_gap_behind_a_parked_key_still_holds() -> None:
    world, id = Waiting(), uuid4()
    await world.park(id, 1, 2)

    assert await world.consumer.handle([a_record(id, 4)]) == Handled(3, "Gap")
    assert world.parked(id) == [1, 2]


@pytest.mark.rule("O2")
async def test_parking_and_the_next_offset_are_one() -> None:
    world, id = Waiting(), uuid4()

    await world.park(id, 1, 1)

    assert world.database.collections["positions"]["thing-events/0"]["next"] == 1


@pytest.mark.rule("I1")
async def test_parked_events_that_come_again_change_nothing() -> None:
    world, id = Waiting(), uuid4()
    await world.park(id, 2, 4)
    before = json.dumps(world.database.collections["parked"], default=str)

    world.refuses = lambda _: False
    assert await world.consumer.handle([a_record(id, n) for n in range(1, 5)]) == Handled(4)

    assert await world.seen(id) == (1,)
    assert json.dumps(world.database.collections["parked"], default=str) == before


@pytest.mark.rule("O1", "D1")
async def test_a_replay_applies_head_to_tail_and_the_key_waits_until_the_tail_is_empty() -> None:
    world, id = Waiting(), uuid4()
    await world.park(id, 2, 5)
    waits: list[tuple[int, object]] = []

    def note(event: ThingHeard) -> bool:
        waits.append((event.count, world.row(id)["parked"]))
        return False

    world.refuses = note
    assert await world.operator.replay(stream(id)) == (4, None)

    assert waits == [(2, True), (3, True), (4, True), (5, True)]
    assert (await world.seen(id), world.parked(id)) == ((1, 2, 3, 4, 5), [])
    assert (world.row(id)["applied"], world.row(id)["parked"]) == (5, False)
    await world.consumer.handle([a_record(id, 6)])
    assert await world.seen(id) == (1, 2, 3, 4, 5, 6)


@pytest.mark.rule("O1")
@pytest.mark.parametrize("during", [2, 4])
async def test_an_event_that_comes_while_a_replay_runs_still_ends_behind(during: int) -> None:
    """It is taken between the replay's reading and its commit: one of the two must notice."""
    world, id = Waiting(), uuid4()
    await world.park(id, 2, 4)
    come = [a_record(id, 5)]
    in_the_middle = world.react

    async def react(event: ThingHeard, tx: ThingTransaction) -> None:
        await in_the_middle(event, tx)
        if event.count == during and come:
            await world.consumer.handle([come.pop()])

    world.refuses = lambda _: False
    replaying = Consumer("things", {ThingHeard: react}, world.transactions, lambda: NOW)
    applied, refused = await replace(world.operator, consumer=replaying).replay(stream(id))

    assert (applied, refused) == (4, None)
    assert await world.seen(id) == (1, 2, 3, 4, 5)
    assert (world.parked(id), world.row(id)["parked"]) == ([], False)


@pytest.mark.rule("D1", "O2")
async def test_a_replay_that_is_refused_again_keeps_everything_and_counts() -> None:
    world, id = Waiting(), uuid4()
    await world.park(id, 2, 4)

    for tries in (2, 3):
        applied, refused = await world.operator.replay(stream(id))
        assert applied == 0
        assert refused is not None
        assert refused.startswith("ValueError at 2: ")
        head = min(world.database.collections["parked"].values(), key=lambda row: row["sequence"])
        assert (head["sequence"], head["tries"]) == (2, tries)

    world.refuses = lambda event: event.count == 3
    applied, refused = await world.operator.replay(stream(id))
    assert (applied, await world.seen(id), world.parked(id)) == (1, (1, 2), [3, 4])
    assert world.row(id)["parked"]


async def test_dropping_gives_up_the_head_or_all_that_waits() -> None:
    world, id = Waiting(), uuid4()
    await world.park(id, 2, 5)

    assert await world.operator.drop(stream(id), everything=False) == 1
    assert (world.parked(id), world.row(id)["parked"], await world.seen(id)) == ([3, 4, 5], True, (1,))
    assert await world.operator.drop(stream(id), everything=True) == 3
    assert (world.parked(id), world.row(id)["parked"], world.row(id)["applied"]) == ([], False, 5)

    await world.consumer.handle([a_record(id, 6)])
    assert await world.seen(id) == (1, 6)


async def test_only_the_head_of_a_key_that_waits_can_be_taken() -> None:
    world, id = Waiting(), uuid4()
    await world.park(id, 2, 4)

    with pytest.raises(NotAtHead):
        await world.transactions.run(Unpark(stream(id), 3, None), cause=cause())
    with pytest.raises(NotFound):
        await world.transactions.run(Unpark(stream(uuid4()), 1, None), cause=cause())
    assert world.parked(id) == [2, 3, 4]


@pytest.mark.rule("D1", "R1")
async def test_too_many_parkings_stall_until_somebody_resumes() -> None:
    """A deployment that refuses everything must not drain its topics into the parking."""
    world, ids = Waiting(most_an_hour=2), [uuid4() for _ in range(4)]
    records = [a_record(id, 1, offset=n) for n, id in enumerate(ids)]
    world.refuses = lambda event: event.thing_id != ids[3]

    assert await world.consumer.handle(records) == Handled(2, "TooManyParkings")
    assert await world.consumer.handle(records[2:]) == Handled(2, "TooManyParkings")
    assert [world.parked(id) for id in ids] == [[1], [1], [], []]
    assert "too many keys were parked: no more are until `parked resume`" in await world.operator.listed()
    follower = a_record(ids[0], 2, offset=2)
    assert await world.consumer.handle([follower]) == Handled(3), "no new key: it goes on behind"

    assert await world.operator.resume()
    assert await world.consumer.handle(records[2:]) == Handled(4)
    assert (world.parked(ids[2]), await world.seen(ids[3])) == ([1], (1,))
    assert not await world.operator.resume()


@pytest.mark.rule("R1")
async def test_what_stalled_goes_on_by_itself_once_its_event_can_be_applied() -> None:
    world, ids = Waiting(most_an_hour=0), [uuid4(), uuid4()]
    records = [a_record(id, 1, offset=n) for n, id in enumerate(ids)]
    world.refuses = lambda _: True
    assert await world.consumer.handle(records) == Handled(0, "TooManyParkings")

    world.refuses = lambda _: False
    assert await world.consumer.handle(records) == Handled(2)


async def test_the_list_says_what_waits_and_why_and_never_what_an_error_said() -> None:
    world, id = Waiting(), uuid4()
    await world.park(id, 2, 4)

    assert await world.operator.listed() == [f"{stream(id)}  3 parked from 2  sangam.thing.counted.v1  ValueError"]
    assert "a person's name" not in json.dumps(world.database.collections, default=str)


@pytest.mark.rule("O1", "O2", "D1", "I1")
@settings(deadline=None)
@given(
    st.sets(st.tuples(st.integers(0, 2), st.integers(1, 5)), max_size=5),
    st.lists(st.integers(0, 14), max_size=20),
    st.integers(1, 6),
    st.sets(st.integers(0, 2)),
)
async def test_whatever_fails_and_comes_again_each_key_is_applied_then_parked_without_a_hole(
    failing: set[tuple[int, int]], starts: list[int], size: int, replayed: set[int]
) -> None:
    world, keys = Waiting(), [uuid4(), uuid4(), uuid4()]
    log = [a_record(keys[n % 3], n // 3 + 1, offset=n) for n in range(15)]
    world.refuses = lambda event: (keys.index(event.thing_id), event.count) in failing
    done = 0
    for start in [*starts, 0]:
        at = min(start, done)
        while batch := log[at : at + size]:
            assert (await world.consumer.handle(batch)).held is None
            at = at + len(batch)
            done = max(done, at)
            for key in keys:
                both = [*await world.seen(key), *world.parked(key)]
                assert both == list(range(1, len(both) + 1))
    for number, key in enumerate(keys):
        first = min((count for k, count in failing if k == number), default=6)
        assert await world.seen(key) == tuple(range(1, first))
        assert world.parked(key) == list(range(first, 6))

    failing.clear()
    for number in replayed:
        await world.operator.replay(stream(keys[number]))
        assert await world.seen(keys[number]) == (1, 2, 3, 4, 5)


@pytest.mark.rule("O2")
async def test_what_an_earlier_version_parked_is_found_after_the_next_set_up() -> None:
    world, id = Waiting(), uuid4()
    await world.park(id, 1, 2)
    listed = await world.operator.listed()
    world.database.collections["standing"].clear()
    assert await world.operator.listed() == []

    for _ in range(2):
        await Subscribed[ThingTransaction]({}).set_up(world.database)
        assert await world.operator.listed() == listed

    await world.operator.drop(stream(id), everything=True)
    assert world.database.collections["standing"] == {}
