"""The supervisor keeps parts alive, and nothing of a home outlives `down`; shown on its two lightest parts."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from sangam_local import clock, processes
from sangam_local.home import Home
from sangam_local.ports import Ports, taken
from sangam_local.system import System
from tests.support.eventually import eventually
from tests.support.system import running

LIGHT = frozenset({"sms", "mailbox"})


@pytest.fixture
async def light(tmp_path: Path) -> AsyncIterator[System]:
    async with running(tmp_path, LIGHT) as system:
        yield system


def pids(system: System) -> dict[str, int]:
    return {state.name: state.pid for state in system.status()}


async def test_a_second_start_leaves_everything_as_it_is(light: System) -> None:
    before = pids(light)

    await light.up()

    assert pids(light) == before
    assert set(before) == LIGHT


async def test_a_killed_part_is_back_within_seconds(light: System) -> None:
    killed = light.kill("sms", signal.SIGKILL)

    await eventually(lambda: pids(light)["sms"] not in (0, killed))
    await eventually(lambda: light.ready("sms"), timeout=30)


async def test_a_stopped_part_stays_away_until_it_is_started(light: System) -> None:
    await light.stop("sms")
    assert pids(light)["sms"] == 0
    assert not await light.ready("sms")

    await light.start("sms")

    assert await light.ready("sms", "mailbox")


async def test_a_felled_part_stays_away_until_it_is_started(light: System) -> None:
    pid = pids(light)["sms"]

    await light.fell("sms")

    assert not processes.alive(pid)
    assert light.supervisor.states()["sms"].word == "stopped"
    await light.start("sms")
    assert await light.ready("sms", "mailbox")


async def test_a_frozen_part_hears_that_it_is_to_stop(light: System) -> None:
    light.kill("sms", signal.SIGSTOP)

    await light.stop("sms")

    assert light.supervisor.states()["sms"].word == "stopped"
    assert "terminated by SIGKILL" not in (light.home.logs / "supervisord.log").read_text()


async def test_down_leaves_no_process_and_no_listener(light: System) -> None:
    started = pids(light).values()

    await light.down()

    assert processes.marked(light.home.root) == []
    assert not any(processes.alive(pid) for pid in started)
    assert not any(taken(port) for port in (light.ports.sms, light.ports.mailbox, light.ports.smtp))
    assert light.status() == []


async def test_down_finds_what_a_killed_supervisor_left_behind(light: System) -> None:
    left = set(pids(light).values())
    os.kill(int((light.home.run / "supervisord.pid").read_text()), signal.SIGKILL)
    await eventually(lambda: not light.supervisor.alive())
    assert left <= set(processes.marked(light.home.root))

    await light.down()

    assert processes.marked(light.home.root) == []
    assert not any(processes.alive(pid) for pid in left)


async def test_a_start_after_a_killed_supervisor_begins_anew(light: System) -> None:
    left = set(pids(light).values())
    os.kill(int((light.home.run / "supervisord.pid").read_text()), signal.SIGKILL)
    await eventually(lambda: not light.supervisor.alive())

    await light.up()

    assert not left & set(pids(light).values())
    assert await light.ready()


async def test_two_homes_do_not_know_of_one_another(light: System, tmp_path: Path) -> None:
    other = System(Home(tmp_path / "other"), Ports.free(), "test", with_={"sms"})
    await other.up()
    await other.down()

    assert await light.ready()


async def test_the_clock_moves_and_a_reset_returns_it(light: System) -> None:
    light.shift_clock(timedelta(days=3))
    assert light.shift_clock(timedelta(hours=-1)) == timedelta(days=2, hours=23)
    assert float(light.home.clock_offset.read_text()) == timedelta(days=2, hours=23).total_seconds()

    await light.down()
    await asyncio.to_thread(light.reset_data)

    assert clock.offset(light.home) == timedelta()
    assert not light.home.root.exists()
