"""Groups, lines, the idempotency row and the limit on one transaction."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from common.group import GroupCommit
from common.once import Answer, IdempotencyKeyReused, Once
from common.transaction import Behind, Member, TooManyWrites
from tests.support.things import NOW, Refused, Thing, ThingTransaction, World, cause, counting


def keyed(work, key="k", fingerprint="same", **more):
    async def answered(tx: ThingTransaction) -> Answer:
        return Answer(200, str((await work(tx)).count).encode(), {"ETag": '"1"'})

    return Member(answered, cause(), Once("me|POST /things", key, fingerprint, NOW), **more)


@pytest.mark.rule("I2")
async def test_an_idempotency_key_has_one_effect_and_one_answer_also_at_once() -> None:
    world = World()
    made = await world.make()

    outcomes = await asyncio.gather(*(world.transactions.run_group([keyed(counting(made.id))]) for _ in range(6)))
    again = await world.transactions.run_group([keyed(counting(made.id)) for _ in range(2)])

    answers = {(o.unwrap().body, o.positions) for group in [*outcomes, again] for o in group}
    assert len(answers) == 1
    assert (await world.get(made.id)).count == 1


@pytest.mark.rule("I2")
async def test_twins_in_one_group_are_one() -> None:
    world = World()
    made = await world.make()

    first, second = await world.transactions.run_group([keyed(counting(made.id)), keyed(counting(made.id))])

    assert (first.repeated, second.repeated) == (False, True)
    assert first.unwrap() == second.unwrap()


@pytest.mark.rule("I2")
async def test_another_body_under_the_same_key_is_refused() -> None:
    world = World()
    made = await world.make()
    await world.transactions.run_group([keyed(counting(made.id))])

    [outcome] = await world.transactions.run_group([keyed(counting(made.id), fingerprint="other")])

    assert isinstance(outcome.error, IdempotencyKeyReused)
    assert (await world.get(made.id)).count == 1


@pytest.mark.rule("I2")
async def test_a_refusal_is_decided_again() -> None:
    world = World()
    made = await world.make()
    [refused] = await world.transactions.run_group([keyed(counting(made.id, Refused()))])

    [accepted] = await world.transactions.run_group([keyed(counting(made.id))])

    assert isinstance(refused.error, Refused)
    assert accepted.unwrap().body == b"1"


@pytest.mark.rule("N-09", "I2")
async def test_a_dry_run_neither_reads_nor_writes_the_key() -> None:
    world = World()
    made = await world.make()
    await world.transactions.run_group([keyed(counting(made.id))])

    [dry] = await world.transactions.run_group([keyed(counting(made.id), fingerprint="other", dry_run=True)])

    assert dry.unwrap().body == b"2"


async def test_whoever_stands_behind_a_refused_one_in_its_line_waits() -> None:
    world = World()
    made = await world.make()
    works = [(counting(made.id, Refused()), "a"), (counting(made.id), "a"), (counting(made.id), "b")]

    outcomes = await world.transactions.run_group([Member(work, cause(), line=line) for work, line in works])

    assert [type(o.error) for o in outcomes] == [Refused, Behind, type(None)]


async def test_a_group_is_cut_before_it_writes_more_than_a_thousand_documents() -> None:
    world = World()

    def many(n: int):
        async def work(tx: ThingTransaction) -> int:
            for _ in range(n):
                tx.things.save(Thing(id=tx.new_id()))
            return n

        return work

    before = world.database.transactions
    outcomes = await world.transactions.run_group([Member(many(400), cause()) for _ in range(5)])

    assert [o.unwrap() for o in outcomes] == [400] * 5
    assert await world.database.count("things", {}) == 2000
    assert world.database.transactions - before == 3
    [alone] = await world.transactions.run_group([Member(many(1001), cause())])
    assert isinstance(alone.error, TooManyWrites)


@pytest.mark.rule("E-15")
async def test_a_hot_document_is_decided_in_order_of_arrival_in_few_transactions() -> None:
    world = World()
    made = await world.make()
    hot = GroupCommit(world.transactions, most=64)
    before = world.database.transactions

    outcomes = await asyncio.gather(*(hot.decide(Member(counting(made.id), cause()), str(made.id)) for _ in range(200)))

    assert [o.unwrap().count for o in outcomes] == list(range(1, 201))
    assert world.database.transactions - before <= 4


@pytest.mark.rule("E-15")
async def test_who_comes_first_waits_for_those_on_their_way_through_the_process() -> None:
    world = World()
    made = await world.make()
    hot = GroupCommit(world.transactions, most=64)
    before = world.database.transactions

    async def arrive(rounds: int) -> int:
        for _ in range(rounds):
            await asyncio.sleep(0)
        return (await hot.decide(Member(counting(made.id), cause()), str(made.id))).unwrap().count

    assert await asyncio.gather(*(arrive(3 * n) for n in range(20))) == list(range(1, 21))
    assert world.database.transactions - before == 1


async def test_what_a_member_saved_and_took_back_is_as_it_was() -> None:
    world = World()
    made = await world.make(kind="before")

    async def change_then_refuse(tx: ThingTransaction) -> None:
        tx.things.save(replace(await tx.things.get(made.id), kind="after"))
        tx.things.save(Thing(id=uuid4(), kind="new"))
        raise Refused()

    async def look(tx: ThingTransaction) -> tuple[str, int]:
        return (await tx.things.get(made.id)).kind, len(await tx.things.where(kind="new"))

    outcomes: list[Any] = await world.transactions.run_group(
        [Member(change_then_refuse, cause()), Member(look, cause())]
    )

    assert outcomes[1].unwrap() == ("before", 0)
