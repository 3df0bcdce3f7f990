"""Three brokers and two of each process: what may die without anybody noticing, and what only waits."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import pytest

from sangam_local import identity
from sangam_local.scale import THREE
from sangam_local.system import System
from tests.support import cluster
from tests.support.coordinator import A_FEW, TOPICS, Coordinator
from tests.support.eventually import eventually
from tests.support.system import running

SERVICES = ("enrolment", "scheduling")
BROKERS = ("kafka-1", "kafka-2", "kafka-3")
SURELY_S = 150  # that it happens is asked here; how soon, in tests/faults
ALONE_S = 15  # how long clients may go on with what they heard of brokers
REQUEST_S = 5  # how long a request to a broker may take; an outage must outlast it to show anything


@pytest.fixture(scope="module")
async def three(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """Not for the whole session: thirteen processes would slow down everything that follows."""
    chosen = frozenset({"kafka", "mongo", "gateway", *SERVICES})
    async with running(tmp_path_factory.mktemp("three"), chosen, THREE) as system:
        yield system


@pytest.fixture
async def coordinator(three: System) -> AsyncIterator[Coordinator]:
    """On a cluster that is whole: what a test before this one killed is back in step."""
    token = identity.sign(three.home.root, campuses=identity.CAMPUSES, kinds=["institute_coordinator"])
    bearer = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=three.urls()["gateway"], headers=bearer, timeout=20) as http:
        key = {"Idempotency-Key": str(uuid4())}
        body = {"code": f"P-{uuid4().hex[:8]}", "titles": {"en": "Programme"}}
        programme = (await http.post("/enrolment/v1/programmes", json=body, headers=key)).json()["id"]
        someone = Coordinator(three, http, programme)
        await three.start(*BROKERS)
        await eventually(someone.all_in_step, timeout=SURELY_S)
        await eventually(lambda: someone.shared_by(2), timeout=SURELY_S)
        await eventually(lambda: _healthy(three, 2), timeout=SURELY_S)
        await someone.until_nothing_waits()
        yield someone


def pids(system: System, names: Iterable[str]) -> dict[str, int]:
    states = system.supervisor.states()
    return {name: states[name].pid for name in names}


def ours(system: System) -> list[str]:
    return [name for name in system.names() if name.startswith(SERVICES)]


async def test_everything_has_three_copies_of_which_two_must_be_in_step(coordinator: Coordinator) -> None:
    copies = await cluster.copies(coordinator.brokers)
    internal = "__consumer_offsets"

    assert {topic for topic, _ in copies} == {*TOPICS, internal}
    assert {replicas for replicas, _ in copies.values()} == {3}
    assert await cluster.min_insync(coordinator.brokers, [*TOPICS, internal]) == dict.fromkeys([*TOPICS, internal], 2)


@pytest.mark.rule("D3", "R1")
async def test_the_one_that_was_alone_may_die_once_the_others_are_back(coordinator: Coordinator) -> None:
    """Clients heard of nobody else meanwhile."""
    await coordinator.system.fell("kafka-1", "kafka-2")
    await coordinator.add_course()
    await asyncio.sleep(ALONE_S)
    await coordinator.system.start("kafka-1", "kafka-2")
    await eventually(coordinator.all_in_step, timeout=SURELY_S)

    await coordinator.system.fell("kafka-3")
    courses = await coordinator.add_courses()
    await coordinator.until_scheduling_knows(courses)

    await coordinator.system.start("kafka-3")
    await eventually(coordinator.all_in_step, timeout=SURELY_S)


@pytest.mark.rule("D3")
async def test_any_one_broker_may_be_dead(coordinator: Coordinator) -> None:
    before = pids(coordinator.system, ours(coordinator.system))
    for broker in BROKERS:
        await coordinator.system.fell(broker)

        courses = await coordinator.add_courses()

        await coordinator.until_scheduling_knows(courses)
        assert coordinator.system.supervisor.states()[broker].pid == 0, "all of that without it"
        await coordinator.system.start(broker)
        await eventually(coordinator.all_in_step, timeout=SURELY_S)
    assert pids(coordinator.system, before) == before


@pytest.mark.rule("D3")
async def test_with_two_dead_brokers_commands_go_on_and_their_events_follow(coordinator: Coordinator) -> None:
    before = pids(coordinator.system, ours(coordinator.system))
    repeated = await _repeated(coordinator.system)
    await coordinator.system.fell("kafka-1", "kafka-3")

    courses = await coordinator.add_courses()
    assert await _repeated(coordinator.system) == repeated, "no command waited for Kafka"
    await eventually(lambda: _oldest_waits_longer_than(REQUEST_S, coordinator.system), timeout=SURELY_S)
    assert await coordinator.waiting() == A_FEW
    assert not await coordinator.scheduling_knows(courses)

    await coordinator.system.start("kafka-1", "kafka-3")
    await coordinator.until_scheduling_knows(courses)
    await coordinator.until_nothing_waits()
    assert pids(coordinator.system, before) == before, "nobody restarted"


@pytest.mark.rule("R1")
async def test_a_killed_worker_s_partitions_are_taken_over_by_the_other(coordinator: Coordinator) -> None:
    await coordinator.system.fell("scheduling-worker-2")

    courses = await coordinator.add_courses()

    await eventually(lambda: coordinator.shared_by(1), timeout=SURELY_S)
    await coordinator.until_scheduling_knows(courses)
    await coordinator.system.start("scheduling-worker-2")
    await eventually(lambda: coordinator.shared_by(2), timeout=SURELY_S)


@pytest.mark.rule("R2")
async def test_a_rolling_restart_fails_no_call(coordinator: Coordinator) -> None:
    system = coordinator.system
    async with _calling(coordinator) as statuses:
        for pair in (("enrolment-api", "enrolment-worker-2"), ("enrolment-api-2", "enrolment-worker")):
            ended = {name: system.kill(name, signal.SIGTERM) for name in pair}
            await _until_others_are_ready(system, ended)
            await _some_more(statuses)

    assert {status for status in statuses if status not in (200, 201)} == set()


@pytest.mark.rule("R1")
async def test_a_frozen_api_is_taken_out_and_fails_no_call(coordinator: Coordinator) -> None:
    system = coordinator.system
    async with _calling(coordinator) as statuses:
        system.kill("enrolment-api-2", signal.SIGSTOP)
        await eventually(lambda: _healthy(system, 1), timeout=SURELY_S)
        await _some_more(statuses)
        system.kill("enrolment-api-2", signal.SIGCONT)
        await eventually(lambda: _healthy(system, 2), timeout=SURELY_S)

    assert {status for status in statuses if status not in (200, 201)} == set()


async def test_the_gateway_spreads_requests_over_both(coordinator: Coordinator) -> None:
    before = await _requests(coordinator.system)

    for _ in range(10):
        await coordinator.list_courses()

    after = await _requests(coordinator.system)
    assert [now - then for now, then in zip(after, before, strict=True)] == [5, 5]


async def _repeated(system: System) -> int:
    """How often the gateway asked enrolment again, as it does after six seconds of silence."""
    async with httpx.AsyncClient() as http:
        stats = {"format": "json", "filter": "^cluster.enrolment.upstream_rq_retry$"}
        answer = await http.get(f"http://127.0.0.1:{system.ports.gateway_admin}/stats", params=stats)
    [found] = [stat["value"] for stat in answer.json()["stats"] if "value" in stat]
    return int(found)


async def _oldest_waits_longer_than(seconds: float, system: System) -> bool:
    """By enrolment's own measure of its outbox."""
    async with httpx.AsyncClient() as http:
        page = (await http.get(f"http://127.0.0.1:{system.ports.enrolment_worker}/metrics")).text
    found = re.search(r"^sangam_outbox_age_seconds (\S+)", page, re.M)
    return found is not None and float(found[1]) > seconds


async def _looked(system: System, instant: float) -> bool:
    """Whether scheduling's worker has heard from brokers since then."""
    async with httpx.AsyncClient() as http:
        page = (await http.get(f"http://127.0.0.1:{system.ports.scheduling_worker}/metrics")).text
    found = re.search(r"^sangam_consumer_looked_timestamp_seconds (\S+)", page, re.M)
    return found is not None and float(found[1]) > instant


@asynccontextmanager
async def _calling(coordinator: Coordinator) -> AsyncIterator[list[int]]:
    """Four callers without pause; answers the list of statuses, which grows. A connection that breaks is a 0."""
    statuses: list[int] = []
    ending = asyncio.Event()

    async def call() -> None:
        while not ending.is_set():
            for ask in (coordinator.add_course, coordinator.list_courses):
                try:
                    statuses.append((await ask()).status_code)
                except httpx.TransportError:
                    statuses.append(0)

    callers = [asyncio.create_task(call()) for _ in range(4)]
    try:
        yield statuses
    finally:
        ending.set()
        await asyncio.gather(*callers)


async def _some_more(statuses: Sequence[int]) -> None:
    enough = len(statuses) + 20
    await eventually(lambda: len(statuses) > enough, timeout=SURELY_S)


async def _until_others_are_ready(system: System, ended: Mapping[str, int]) -> None:
    async def others_are() -> bool:
        anew = all(pid not in (0, ended[name]) for name, pid in pids(system, ended).items())
        return anew and await system.ready(*ended)

    await eventually(others_are, timeout=SURELY_S)


async def _hosts(system: System) -> list[dict]:
    """The gateway's own view of enrolment's two apis."""
    async with httpx.AsyncClient() as http:
        admin = f"http://127.0.0.1:{system.ports.gateway_admin}/clusters"
        found = (await http.get(admin, params={"format": "json"})).json()["cluster_statuses"]
    [hosts] = [one["host_statuses"] for one in found if one["name"] == "enrolment"]
    return sorted(hosts, key=lambda host: host["address"]["socket_address"]["port_value"])


async def _requests(system: System) -> list[int]:
    stats = [{stat["name"]: int(stat.get("value", 0)) for stat in host["stats"]} for host in await _hosts(system)]
    return [host["rq_total"] for host in stats]


async def _healthy(system: System, number: int) -> bool:
    return sum("failed_active_health_check" not in host["health_status"] for host in await _hosts(system)) == number
