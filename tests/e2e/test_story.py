"""The story is told: everything the reference institute is for, through the gateway, checked from outside."""

import pytest

from sangam_local.showing import bring_in, show
from sangam_local.story import StoryReport
from sangam_local.system import System
from tests.support.outcome import check_ending


@pytest.mark.rule(
    "E-01", "E-02", "E-03", "E-07", "E-12", "E-13", "N-03", "N-04", "S-08", "S-09", "M-01", "M-08", "M-10", "C-01"
)
async def test_the_story_ends_as_the_file_and_the_shares_demand(told: StoryReport) -> None:
    check_ending(told)
    assert told.repeated == 0


async def test_it_can_be_told_again_in_the_same_institute(system: System, told: StoryReport) -> None:
    again = await show(system.home, system.urls(), number=2)

    check_ending(again)
    assert again.offering != told.offering
    assert not again.outcome.keys() & told.outcome.keys()


async def test_seeding_again_changes_nothing(system: System) -> None:
    seeded = await bring_in(system.home, system.urls())

    assert seeded.changed == 0
    assert len(seeded.people) == 2000
