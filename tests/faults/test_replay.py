"""Reading everything once more changes nothing and sends nothing."""

import pytest

from tests.faults import replay, settle, views
from tests.faults.conftest import Suffered
from tests.faults.judge import backbone


@pytest.mark.rule("I1", "M-01")
async def test_duplicates_and_a_replay_from_offset_0_change_nothing_and_send_nothing(suffered: Suffered) -> None:
    run = suffered.campaign
    await settle.at_rest(run.ground, 60)
    before = await views.look(run.ground, run.client, run.institute)

    assert await replay.publish_again(run.ground) >= len(before.told)
    await replay.at_the_end(run.ground)
    await replay.read_from_the_start(run.ground)
    await settle.at_rest(run.ground, 60)

    verdict = backbone.nothing_changed(before, await views.look(run.ground, run.client, run.institute))
    assert verdict.kept, str(verdict)
