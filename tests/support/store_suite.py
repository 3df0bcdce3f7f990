"""One suite for every implementation of Store: import it beside a `world` fixture."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import pytest

from common.event import Event
from common.problem import NotFound
from common.store import Write
from common.transaction import Member
from tests.support.things import NOW, Refused, Step, Thing, ThingTransaction, World, cause, counting


async def test_an_aggregate_comes_back_as_it_was_saved(world: World) -> None:
    steps = (Step(NOW, None), Step(NOW + timedelta(days=1), uuid4()))
    made = await world.make(tags=frozenset("ab"), steps=steps, shares={"karaikal": steps[0]}, lasts=timedelta(hours=2))

    assert await world.get(made.id) == made
    assert made.version == 1


async def test_what_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        await world.get(uuid4())


async def test_a_query_sees_what_the_same_transaction_saved(world: World) -> None:
    kind = f"kind-{uuid4()}"
    one, two = await world.make(kind=kind, place=1), await world.make(kind=kind, place=2)

    async def work(tx: ThingTransaction) -> tuple[list[Thing], list[Thing]]:
        await tx.things.get(one.id)
        tx.things.save(replace(one, kind="other"))
        tx.things.save(Thing(id=uuid4(), kind=kind, place=0))
        return await tx.things.where(kind=kind), await tx.things.head((("place", -1),), 1, kind=kind)

    found, head = await world.transactions.run(work, cause=cause())

    assert sorted(thing.place for thing in found) == [0, 2]
    assert [thing.id for thing in head] == [two.id]


@pytest.mark.rule("E-01")
async def test_the_head_of_a_queue_is_ordered_by_priority_then_number(world: World) -> None:
    kind = f"kind-{uuid4()}"
    for count, place in [(0, 3), (5, 9), (0, 1), (5, 7)]:
        await world.make(kind=kind, count=count, place=place)

    async def work(tx: ThingTransaction) -> list[Thing]:
        return await tx.things.head((("count", -1), ("place", 1)), 3, kind=kind)

    assert [t.place for t in await world.transactions.run(work, cause=cause())] == [7, 9, 1]


async def test_a_removed_aggregate_is_gone(world: World) -> None:
    made = await world.make()

    async def remove(tx: ThingTransaction) -> None:
        tx.things.remove((await tx.things.get(made.id)).id)

    await world.transactions.run(remove, cause=cause())
    with pytest.raises(NotFound):
        await world.get(made.id)


async def test_each_member_of_a_group_that_saves_raises_the_version(world: World) -> None:
    made = await world.make()

    outcomes = await world.transactions.run_group([Member(counting(made.id), cause()) for _ in range(3)])

    assert [o.unwrap().version for o in outcomes] == [2, 3, 4]
    assert (await world.get(made.id)).version == 4


@pytest.mark.rule("D2")
async def test_a_refused_member_leaves_nothing_and_hurts_nobody(world: World) -> None:
    made = await world.make()
    works = [counting(made.id), counting(made.id, Refused()), counting(made.id)]

    outcomes = await world.transactions.run_group([Member(work, cause()) for work in works])

    assert [type(o.error) for o in outcomes] == [type(None), Refused, type(None)]
    assert (await world.get(made.id)).count == 2
    assert [p.rpartition(":")[2] for o in outcomes for p in o.positions] == ["1", "2"]


@pytest.mark.rule("D2")
async def test_a_bug_in_one_member_hurts_only_that_member(world: World) -> None:
    made = await world.make()
    works = [counting(made.id), counting(made.id, ValueError("bug")), counting(made.id)]

    outcomes = await world.transactions.run_group([Member(work, cause()) for work in works])

    assert [type(o.error) for o in outcomes] == [type(None), ValueError, type(None)]
    assert (await world.get(made.id)).count == 2


@pytest.mark.rule("N-09")
async def test_a_dry_run_answers_and_leaves_nothing(world: World) -> None:
    made = await world.make()

    answer = await world.transactions.run(counting(made.id), cause=cause(), dry_run=True)

    assert (answer.count, (await world.get(made.id)).count) == (1, 0)
    assert await world.database.count("outbox", {"key": str(made.id)}) == 0


@pytest.mark.rule("O1", "S1")
async def test_concurrent_transactions_on_one_document_lose_nothing_and_number_without_gaps(world: World) -> None:
    made = await world.make()

    results = await asyncio.gather(
        *(world.transactions.run_group([Member(counting(made.id), cause())]) for _ in range(8))
    )

    assert (await world.get(made.id)).count == 8
    assert sorted(int(o.positions[0].rpartition(":")[2]) for [o] in results) == list(range(1, 9))


async def test_a_unique_index_makes_the_second_one_look_again(world: World) -> None:
    label = str(uuid4())

    async def claim(tx: ThingTransaction) -> UUID:
        if taken := await tx.things.where(label=label, labelled=True):
            return taken[0].id
        return tx.things.save(Thing(id=tx.new_id(), label=label, labelled=True)).id

    found = await asyncio.gather(*(world.transactions.run(claim, cause=cause()) for _ in range(5)))

    assert len(set(found)) == 1


async def test_many_new_documents_meet_those_that_are_there_and_the_next_attempt_sees_them(world: World) -> None:
    kind, ids = f"kind-{uuid4()}", [uuid4() for _ in range(40)]

    def save_missing(wanted: list[UUID]):
        async def work(tx: ThingTransaction) -> int:
            there = await tx.things.unless_new(wanted)
            missing = [id for id in wanted if str(id) not in there]
            for id in missing:
                tx.things.save(Thing(id=id, kind=kind))
            return len(missing)

        return work

    assert await world.transactions.run(save_missing(ids[10:30]), cause=cause()) == 20
    assert await world.transactions.run(save_missing(ids), cause=cause()) == 20
    assert await world.database.count("things", {"kind": kind}) == 40


async def test_many_changed_documents_are_changed_by_both_who_change_them_at_once(world: World) -> None:
    things = [(await world.make()).id for _ in range(20)]

    async def count_all(tx: ThingTransaction) -> None:
        for thing in (await tx.things.get_many(things)).values():
            tx.things.save(replace(thing, count=thing.count + 1))

    await asyncio.gather(*(world.transactions.run(count_all, cause=cause()) for _ in range(2)))

    assert [(await world.get(id)).count for id in things] == [2] * 20


@pytest.mark.rule("E1")
async def test_a_field_that_this_version_does_not_know_stays_as_it_is(world: World) -> None:
    made = await world.make(kind="plain", place=1)
    [row] = await world.database.select("things", {"_id": str(made.id)})
    later = Write("things", str(made.id), 1, 2, {**row, "unknown": "kept", "kind": "as it was"})
    await world.database.transact(lambda store: store.write([later]))

    async def move(tx: ThingTransaction) -> None:
        tx.things.save(replace(await tx.things.get(made.id), place=2))

    await world.transactions.run(move, cause=cause())

    [row] = await world.database.select("things", {"_id": str(made.id)})
    assert (row["unknown"], row["kind"], row["place"], row["version"]) == ("kept", "as it was", 2, 3)


class ThingNamed(Event):
    """A thing got a name, by which it is known from then on."""

    event_type: ClassVar[str] = "sangam.thing.named.v1"
    topic: ClassVar[str] = "thing-names"
    key_field: ClassVar[str] = "name"

    name: str


@pytest.mark.rule("O1")
async def test_what_waits_on_a_key_is_told_from_what_waits_on_its_neighbours(world: World) -> None:
    """Also where one key begins as another one, or sorts between its rows."""
    names = ["a", "a!", "a-1", "a/1", "a/1/2", "a0", "b"]

    async def name_all(tx: ThingTransaction) -> None:
        for name in names:
            tx.emit(ThingNamed(name=name))

    world.broker.away = True
    for _ in range(2):
        await world.transactions.run(name_all, cause=cause())
    await world.relay.idle()

    for name in names:
        found = await world.database.waiting([f"thing-names/{name}"], 100)
        assert [(envelope.key, envelope.sequence) for envelope in found] == [(name, 1), (name, 2)]
    every = await world.database.waiting([f"thing-names/{name}" for name in names], 100)
    assert sorted((envelope.key, envelope.sequence) for envelope in every) == [
        (name, n) for name in names for n in (1, 2)
    ]
    some = await world.database.waiting(["thing-names/b", "thing-names/a"], 3)
    assert [(envelope.key, envelope.sequence) for envelope in some] == [("a", 1), ("a", 2), ("b", 1)]


@pytest.mark.rule("D1")
async def test_only_what_was_published_is_forgotten_however_many_of_one_key(world: World) -> None:
    """Neighbours that sort between, numbers before and behind, and a hole in the middle stay."""
    names = ["a", "a/00000000000000000020", "b"]

    async def name_all(tx: ThingTransaction) -> None:
        for name in names:
            for _ in range(60):
                tx.emit(ThingNamed(name=name))

    world.broker.away = True
    await world.transactions.run(name_all, cause=cause())
    await world.relay.idle()
    of_a = await world.database.waiting(["thing-names/a"], 100)
    gone = [envelope for envelope in of_a if 3 <= envelope.sequence <= 50 and envelope.sequence != 30]

    await world.database.forget([*reversed(gone), gone[0]])

    left = await world.database.waiting([f"thing-names/{name}" for name in names], 500)
    of_others = [(name, n) for name in names[1:] for n in range(1, 61)]
    assert {(e.key, e.sequence) for e in left} == {
        *(("a", n) for n in (1, 2, 30, *range(51, 61))),
        *of_others,
    }
