"""A gap holds until its numbers come, or until somebody who names them exactly gives them up."""

from uuid import UUID, uuid4

import pytest

from common.consumer import Handled
from common.gaps import NoSuchGap, ParkedBefore
from common.problem import NotFound
from tests.support.things import a_record
from tests.unit.common.test_parking import Waiting, stream


async def a_gap(world: Waiting, id: UUID) -> None:
    """1 is applied, 2 and 3 are missing, 4 holds."""
    assert await world.consumer.handle([a_record(id, 1), a_record(id, 4)]) == Handled(3, "Gap")


def line(id: UUID) -> str:
    return f"{stream(id)}  gap  2 to 3 missing before thing-events/0/3"


@pytest.mark.rule("D1", "O1")
async def test_a_gap_is_listed_with_its_numbers_once_however_often_it_is_met() -> None:
    world, id = Waiting(), uuid4()
    await a_gap(world, id)

    assert await world.consumer.handle([a_record(id, 4)]) == Handled(3, "Gap")

    assert await world.operator.listed() == [line(id)]


@pytest.mark.rule("D1", "O1")
async def test_a_gap_whose_numbers_come_after_all_is_listed_no_more() -> None:
    world, id = Waiting(), uuid4()
    await a_gap(world, id)

    assert await world.consumer.handle([a_record(id, n) for n in (2, 3, 4)]) == Handled(4)

    assert await world.operator.listed() == []
    assert await world.seen(id) == (1, 2, 3, 4)
    with pytest.raises(NoSuchGap):
        await world.operator.accept_gap(stream(id), 2, 3)


@pytest.mark.rule("O1", "D1")
async def test_after_it_is_given_up_what_follows_is_applied_and_what_was_missing_never() -> None:
    world, id = Waiting(), uuid4()
    await a_gap(world, id)

    await world.operator.accept_gap(stream(id), 2, 3)

    assert await world.consumer.handle([a_record(id, 4), a_record(id, 5)]) == Handled(5)
    assert await world.consumer.handle([a_record(id, 2), a_record(id, 3)]) == Handled(3)
    assert await world.seen(id) == (1, 4, 5)
    assert await world.operator.listed() == []
    [given_up] = await world.operator.given_up()
    assert given_up.startswith(f"{stream(id)}  given up  2 to 3  ")


@pytest.mark.rule("D1")
@pytest.mark.parametrize(("first", "last"), [(2, 2), (2, 4), (1, 3), (3, 3), (4, 4), (2, 1)])
async def test_other_numbers_than_the_missing_ones_change_nothing(first: int, last: int) -> None:
    world, id = Waiting(), uuid4()
    await a_gap(world, id)

    with pytest.raises(NoSuchGap):
        await world.operator.accept_gap(stream(id), first, last)

    assert await world.operator.listed() == [line(id)]
    assert await world.consumer.handle([a_record(id, 4)]) == Handled(3, "Gap")


@pytest.mark.rule("D1")
async def test_where_nothing_is_missing_nothing_is_given_up() -> None:
    world, id = Waiting(), uuid4()
    await world.consumer.handle([a_record(id, 1)])

    for key in (id, uuid4()):
        with pytest.raises(NoSuchGap):
            await world.operator.accept_gap(stream(key), 2, 2)

    await world.consumer.handle([a_record(id, 2)])
    assert await world.seen(id) == (1, 2)


@pytest.mark.rule("O2", "O1")
async def test_what_fails_right_behind_it_is_parked_and_replayed_as_ever() -> None:
    world, id = Waiting(), uuid4()
    await a_gap(world, id)
    await world.operator.accept_gap(stream(id), 2, 3)
    world.refuses = lambda event: event.count == 4
    await world.consumer.handle([a_record(id, 4), a_record(id, 5)])
    assert world.parked(id) == [4, 5]

    world.refuses = lambda _: False
    assert await world.operator.replay(stream(id)) == (2, None)

    assert await world.seen(id) == (1, 4, 5)


@pytest.mark.rule("D1", "O1")
async def test_a_gap_that_was_given_up_is_not_given_up_twice() -> None:
    world, id = Waiting(), uuid4()
    await a_gap(world, id)
    await world.operator.accept_gap(stream(id), 2, 3)

    with pytest.raises(NoSuchGap):
        await world.operator.accept_gap(stream(id), 2, 3)

    assert world.row(id)["taken"] == 3


@pytest.mark.rule("O1")
async def test_what_is_parked_before_a_gap_goes_first() -> None:
    world, id = Waiting(), uuid4()
    await world.park(id, 1, 1)
    assert await world.consumer.handle([a_record(id, 4)]) == Handled(3, "Gap")

    with pytest.raises(ParkedBefore):
        await world.operator.accept_gap(stream(id), 2, 3)
    assert world.parked(id) == [1]

    world.refuses = lambda _: False
    await world.operator.replay(stream(id))
    await world.operator.accept_gap(stream(id), 2, 3)
    await world.consumer.handle([a_record(id, 4)])
    assert await world.seen(id) == (1, 4)


@pytest.mark.rule("D1")
async def test_a_key_whose_first_events_are_missing_can_go_on() -> None:
    world, id = Waiting(), uuid4()
    assert await world.consumer.handle([a_record(id, 3)]) == Handled(2, "Gap")

    await world.operator.accept_gap(stream(id), 1, 2)

    assert await world.consumer.handle([a_record(id, 3)]) == Handled(3)
    assert await world.seen(id) == (3,)


async def test_an_unreadable_record_is_listed_until_somebody_has_looked() -> None:
    world, id = Waiting(), uuid4()
    bad = a_record(id, 1)
    record = type(bad)(bad.topic, bad.partition, bad.offset, bad.value, [])
    await world.consumer.handle([record])
    assert await world.operator.listed() == ["thing-events/0/0  unreadable record  KeyError"]

    with pytest.raises(NotFound):
        await world.operator.forget("thing-events/0/1")
    await world.operator.forget("thing-events/0/0")

    assert await world.operator.listed() == []
