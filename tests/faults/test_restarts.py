"""Stopping is clean: what is in hand is finished, and nobody at the gateway notices."""

import pytest

from tests.faults import rolling
from tests.faults.conftest import Suffered
from tests.faults.judge import progress


@pytest.mark.rule("R2")
async def test_a_rolling_restart_drains_in_time_and_fails_no_call(suffered: Suffered) -> None:
    run = suffered.campaign

    async with rolling.clicking(run.ground, run.institute) as clicks:
        restarts = [await rolling.restart(run.ground, process) for process in run.ground.processes]

    verdict = progress.stops_are_clean([*restarts, *run.ground.restarts], clicks.failed, clicks.made)
    assert verdict.kept, str(verdict)
