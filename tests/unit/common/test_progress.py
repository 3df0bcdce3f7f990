"""The watchdog trips on what should move and does not, and on nothing that stands on purpose."""

import pytest

from common.progress import Partition, Progress

HERE: Partition = ("thing-events", 0)
OTHER: Partition = ("thing-events", 1)


def watched(*looks: dict[Partition, tuple[int, int]] | None) -> Progress:
    """A loop that goes round, looked at every 10 s."""
    progress = Progress(patience_s=30, loop_patience_s=90)
    for number, ahead in enumerate(looks):
        progress.turned(number * 10)
        progress.look(ahead, number * 10)
    return progress


@pytest.mark.rule("R1")
def test_a_partition_with_something_to_read_that_does_not_move_trips() -> None:
    progress = watched(*[{HERE: (5, 9), OTHER: (n, 100)} for n in range(5)])

    assert progress.stuck(40) is None, "it is seen to stand at 10"
    progress.turned(41)
    assert progress.stuck(41) == "thing-events/0"


@pytest.mark.rule("R1")
def test_the_wait_begins_anew_whenever_it_moves() -> None:
    progress = watched(*[{HERE: (n // 3, 100)} for n in range(30)])

    assert progress.stuck(300) is None


@pytest.mark.rule("R1")
def test_nothing_to_read_never_trips() -> None:
    assert watched(*[{HERE: (9, 9)}] * 30).stuck(300) is None


@pytest.mark.rule("R1")
def test_what_is_paused_on_purpose_never_trips() -> None:
    """A paused partition is not among those looked at, also when it stood before."""
    assert watched({HERE: (5, 9)}, {HERE: (5, 9)}, *[{OTHER: (9, 9)}] * 30).stuck(325) is None
    assert watched({HERE: (5, 9)}, {HERE: (5, 9)}, *[{}] * 30, {HERE: (5, 9)}).stuck(325) is None


@pytest.mark.rule("R1")
def test_brokers_that_are_away_never_trip_and_the_wait_begins_anew_after() -> None:
    stands = {HERE: (5, 9)}

    assert watched(stands, stands, *[None] * 30).stuck(325) is None
    assert watched(stands, stands, None, stands, stands, stands).stuck(55) is None


@pytest.mark.rule("R1")
def test_a_loop_that_hangs_trips() -> None:
    progress = watched({})

    assert progress.stuck(90) is None
    assert progress.stuck(91) == "the loop"
    progress.worked(91)
    assert progress.stuck(91) is None


@pytest.mark.rule("R1")
def test_a_batch_that_takes_long_is_no_fault_of_the_other_partitions() -> None:
    progress = watched(*[{HERE: (5, 9)}] * 3)
    for now in range(30, 80, 10):
        progress.look({HERE: (5, 9)}, now)
        assert progress.stuck(now) is None

    progress.turned(80)
    assert progress.stuck(80) is None


def test_what_did_not_begin_yet_does_not_hang() -> None:
    assert Progress().stuck(1_000_000) is None
