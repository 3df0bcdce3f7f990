"""One short run of faults that the tests of the promises share: its history, and what was to be seen afterwards."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.faults import campaign
from tests.faults.campaign import Campaign
from tests.faults.faults import SMALL
from tests.faults.views import View

SEED = 20
# Without a broker's or the database's death, which take longest to come back from; the long run has them all.
SHORT = (
    "kill-process", "poison-event", "lost-commit", "lost-publish", "lost-smtp", "lost-sms", "net-resets",
    "second-consumer", "clock-skew", "refusing-smtp",
)  # fmt: skip


@dataclass(frozen=True)
class Suffered:
    """`view` was taken at rest after the faults, before any test did anything more."""

    campaign: Campaign
    view: View


@pytest.fixture(scope="session")
async def suffered(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Suffered]:
    async with campaign.prepared(tmp_path_factory.mktemp("faults"), SEED, say=print) as run:
        async with run.working():
            await run.suffer_all(SHORT, SMALL)
        run.history.keep(run.ground.system.home.root / "history.jsonl")
        yield Suffered(run, await run.rest_and_look(150))
