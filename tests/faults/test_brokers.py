"""Brokers die: with one of three away everything goes on, with two commands do, and the rest follows their return."""

from pathlib import Path

import pytest

from sangam_local.scale import Scale
from tests.faults import campaign
from tests.faults.faults import ALL
from tests.faults.judge import backbone, notices, progress

BROKERS = Scale(brokers=3, processes=1)


@pytest.mark.rule("D3")
async def test_one_broker_dies_and_then_two_and_nothing_is_lost(tmp_path: Path) -> None:
    async with campaign.prepared(tmp_path, seed=3, scale=BROKERS, offerings=2, actors=3, say=print) as run:
        async with run.working():
            await run.suffer_all(("kill-broker", "kill-two-brokers"), ALL)
        view = await run.rest_and_look(120)

        verdicts = [
            progress.writes_outlive_brokers(run.incidents),
            backbone.nothing_is_lost(run.history, view),
            backbone.keys_are_in_order(view),
            notices.handed_over_once(view, may_lose_answers=False),
        ]
        assert [str(verdict) for verdict in verdicts if not verdict.kept] == []
