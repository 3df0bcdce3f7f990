"""Each promise after a short run of faults, judged from the history and from outside views only."""

import pytest

from tests.faults.conftest import Suffered
from tests.faults.judge import backbone, commands, notices, progress


@pytest.mark.rule("D1")
def test_what_was_accepted_was_told_and_reached_every_subscriber(suffered: Suffered) -> None:
    run = suffered.campaign

    verdict = backbone.nothing_is_lost(run.history, suffered.view, run.ground.poisoned)

    assert verdict.kept, str(verdict)


@pytest.mark.rule("D2")
def test_what_was_refused_left_nothing(suffered: Suffered) -> None:
    verdict = backbone.refusals_leave_nothing(suffered.campaign.history, suffered.view)

    assert verdict.kept, str(verdict)


@pytest.mark.rule("O1")
def test_every_key_was_told_and_applied_in_order_without_gaps(suffered: Suffered) -> None:
    verdict = backbone.keys_are_in_order(suffered.view, suffered.campaign.ground.poisoned)

    assert verdict.kept, str(verdict)


@pytest.mark.rule("O2")
def test_a_poisoned_key_was_parked_with_its_followers_and_no_other(suffered: Suffered) -> None:
    poisoned = suffered.campaign.ground.poisoned
    assert poisoned

    verdict = backbone.only_its_own_key(suffered.view, poisoned)

    assert verdict.kept, str(verdict)


@pytest.mark.rule("I2")
def test_each_key_had_one_effect_and_one_answer(suffered: Suffered) -> None:
    verdict = commands.one_effect_per_key(suffered.campaign.history, suffered.view)

    assert verdict.kept, str(verdict)


@pytest.mark.rule("S1")
def test_no_seat_was_sold_twice_and_none_stayed_empty(suffered: Suffered) -> None:
    verdict = commands.seats_add_up(suffered.view, suffered.campaign.samples)

    assert verdict.kept, str(verdict)


@pytest.mark.rule("N1", "M-12")
def test_no_notice_was_handed_over_twice_but_for_lost_answers(suffered: Suffered) -> None:
    verdict = notices.handed_over_once(suffered.view, may_lose_answers=True)

    assert verdict.kept, str(verdict)


@pytest.mark.rule("N2", "M-10")
def test_calendars_ended_at_the_latest_revision(suffered: Suffered) -> None:
    verdict = notices.calendars_are_current(suffered.view)

    assert verdict.kept, str(verdict)


@pytest.mark.rule("R1")
def test_everything_went_on_within_a_minute_of_each_fault(suffered: Suffered) -> None:
    verdict = progress.everybody_goes_on(suffered.campaign.incidents)

    assert verdict.kept, str(verdict)


@pytest.mark.rule("T1")
def test_one_trace_told_each_command_whole(suffered: Suffered) -> None:
    run = suffered.campaign

    verdict = notices.traces_are_whole(run.history, suffered.view, run.undisturbed)

    assert verdict.kept, str(verdict)
