"""Three versions work side by side: the earliest that others ran, the present one, and one that is not written yet."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sangam_local.parts import SERVICES
from sangam_local.scale import Scale
from tests.faults import campaign, versions
from tests.faults.campaign import Campaign
from tests.faults.canary import EVERYTHING
from tests.faults.judge import backbone, commands, notices
from tests.faults.views import View
from tests.support.eventually import eventually

PAIRS = Scale(brokers=1, processes=2)
SECONDS = tuple(f"{service}-{role}-2" for service in SERVICES for role in ("api", "worker"))
SEED = 5


@asynccontextmanager
async def beside(folder: Path, others: Mapping[str, Path]) -> AsyncIterator[Campaign]:
    """`others` are processes that run the code of a folder; the first of each pair runs ours."""
    paths = {process: versions.path_of(code) for process, code in others.items()}
    async with campaign.prepared(folder, SEED, scale=PAIRS, versions=paths, offerings=3) as run:
        yield run


async def worked(run: Campaign) -> View:
    """Until both versions have decided something, and a little more."""
    async with run.working():

        async def enough() -> bool:
            return run.history.count()["ok"] >= 60

        await eventually(enough, timeout=90)
        beat = await run.canary.beat(60)
    assert not beat.missing(EVERYTHING)
    return await run.rest_and_look(90)


def judge(run: Campaign, view: View, *, positions: bool = True) -> list[str]:
    return [
        str(verdict)
        for verdict in (
            backbone.nothing_is_lost(run.history, view),
            backbone.refusals_leave_nothing(run.history, view),
            backbone.keys_are_in_order(view),
            backbone.only_its_own_key(view, ()),
            commands.one_effect_per_key(run.history, view, positions=positions),
            commands.seats_add_up(view, run.samples),
            notices.handed_over_once(view, may_lose_answers=False),
            notices.calendars_are_current(view),
        )
        if not verdict.kept
    ]


@pytest.mark.rule("E1")
async def test_an_earlier_and_a_later_version_work_beside_this_one(tmp_path: Path) -> None:
    """The later one decides and tells a new field and a new type; the earlier one hears of it, plans and sends."""
    earlier, later = versions.earlier(tmp_path / "earlier"), versions.later(tmp_path / "later")
    others = {**dict.fromkeys(SECONDS, earlier), "enrolment-api-2": later}

    async with beside(tmp_path / "home", others) as run:
        view = await worked(run)

        new = [fact for fact in view.told if versions.NEW_FIELD in (fact.about or {})]
        assert new, "nothing told the new field, so nobody had to ignore it"
        assert [fact for fact in view.told if fact.type == versions.NEW_TYPE]
        assert judge(run, view) == []
