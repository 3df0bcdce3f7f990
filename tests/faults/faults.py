"""The faults themselves: each is a block of time in which something is broken, and it is whole again afterwards.

A kind says what it breaks and what is promised to go on meanwhile; chance only picks targets and durations.
"""

import asyncio
import contextlib
import random
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sangam_local.probe import until
from tests.faults.canary import EVERYTHING, MAIL, PLANS, WRITES
from tests.faults.ground import Ground
from tests.faults.joiner import joined
from tests.faults.poison import poisoned
from tests.faults.wire import How, Wire

NOTHING: frozenset[str] = frozenset()
DECIDING = frozenset({WRITES, PLANS})
UNTIL_SENDING = EVERYTHING - {MAIL}


@dataclass(frozen=True, slots=True)
class Fault:
    """`hold_s` is how long it lasts when nothing is promised during it."""

    kind: str
    target: str
    promised: frozenset[str]
    hold_s: float
    injected: AbstractAsyncContextManager[None]


def _goes_on_without(ground: Ground, process: str) -> frozenset[str]:
    """With two of each, everything; with one, what does not need this one."""
    if ground.system.place.scale.processes > 1:
        return EVERYTHING
    service, _, role = process.partition("-")
    lacking = {
        ("enrolment", "api"): {WRITES, "enrolment", "scheduling", "notifications", MAIL},
        ("enrolment", "worker"): {"enrolment"},
        ("scheduling", "api"): {PLANS, "enrolment", "scheduling"},
        ("scheduling", "worker"): {"scheduling"},
        ("notifications", "api"): {"notifications"},
        ("notifications", "worker"): {"notifications", MAIL},
    }
    return EVERYTHING - lacking[service, role]


def kill_process(ground: Ground, rng: random.Random) -> Fault:
    name = rng.choice(ground.processes)
    return Fault("kill-process", name, NOTHING, 0, _killed(ground, name))


def stop_process(ground: Ground, rng: random.Random) -> Fault:
    name = rng.choice(ground.processes)
    hold = rng.uniform(3, 12)
    return Fault("stop-process", name, _goes_on_without(ground, name), hold, _frozen(ground, name))


def kill_database(ground: Ground, rng: random.Random) -> Fault:
    return Fault("kill-database", "mongo", NOTHING, 0, _killed(ground, "mongo"))


def stop_database(ground: Ground, rng: random.Random) -> Fault:
    return Fault("stop-database", "mongo", NOTHING, rng.uniform(2, 8), _frozen(ground, "mongo"))


def kill_broker(ground: Ground, rng: random.Random) -> Fault:
    """One of three: everything goes on. The only one: commands do."""
    name = rng.choice(ground.brokers)
    return Fault("kill-broker", name, _without_brokers(ground, 1), rng.uniform(1, 5), _felled(ground, name))


def stop_broker(ground: Ground, rng: random.Random) -> Fault:
    name = rng.choice(ground.brokers)
    return Fault("stop-broker", name, _without_brokers(ground, 1), rng.uniform(2, 8), _frozen(ground, name))


def kill_two_brokers(ground: Ground, rng: random.Random) -> Fault:
    names = rng.sample(ground.brokers, 2)
    return Fault("kill-two-brokers", " and ".join(names), DECIDING, rng.uniform(2, 8), _felled(ground, *names))


def stop_two_brokers(ground: Ground, rng: random.Random) -> Fault:
    names = rng.sample(ground.brokers, 2)
    return Fault("stop-two-brokers", " and ".join(names), DECIDING, rng.uniform(2, 8), _frozen(ground, *names))


def _without_brokers(ground: Ground, dead: int) -> frozenset[str]:
    return EVERYTHING if len(ground.brokers) - dead >= 2 else DECIDING


def slow_smtp(ground: Ground, rng: random.Random) -> Fault:
    seconds = rng.uniform(0.5, 2.5)
    return Fault("slow-smtp", f"{seconds:.1f} s", EVERYTHING, 2, _slow_mail(ground, seconds))


def refusing_smtp(ground: Ground, rng: random.Random) -> Fault:
    answer = rng.choice(("451 4.3.0 try again later", "421 4.3.2 shutting down", "452 4.2.2 mailbox full"))
    return Fault("refusing-smtp", answer[:3], UNTIL_SENDING, rng.uniform(2, 5), _refused_mail(ground, answer))


def poison(ground: Ground, rng: random.Random) -> Fault:
    return Fault("poison-event", "enrolment-events", EVERYTHING, 2, poisoned(ground, rng))


def second_consumer(ground: Ground, rng: random.Random) -> Fault:
    process = f"{rng.choice(('enrolment', 'scheduling', 'notifications'))}-worker"
    return Fault("second-consumer", process, EVERYTHING, 1, joined(ground, process))


def clock_skew(ground: Ground, rng: random.Random) -> Fault:
    skews = {name: timedelta(seconds=rng.uniform(-120, 120)) for name in ground.processes}
    return Fault("clock-skew", "all processes", EVERYTHING, 2, _skewed(ground, skews))


def net_refuses(ground: Ground, rng: random.Random) -> Fault:
    target = rng.choice(NETS)
    return Fault("net-refuses", target, _without(target), rng.uniform(2, 6), _cut(ground, target, Wire.refuse))


def net_resets(ground: Ground, rng: random.Random) -> Fault:
    target = rng.choice(NETS)
    return Fault("net-resets", target, NOTHING, 0, _cut(ground, target, Wire.reset))


def net_hangs(ground: Ground, rng: random.Random) -> Fault:
    target = rng.choice(NETS)
    return Fault("net-hangs", target, _without(target), rng.uniform(2, 10), _cut(ground, target, Wire.hang))


NETS = ("kafka", "mongo", "smtp", "sms")


def _without(target: str) -> frozenset[str]:
    promised = {"kafka": DECIDING, "mongo": NOTHING, "smtp": UNTIL_SENDING, "sms": EVERYTHING}
    return promised[target]


def _losing(kind: str, target: str) -> "Kind":
    """The operation is done, then its answer is lost: the connection ends, or nothing comes any more."""

    def fault(ground: Ground, rng: random.Random) -> Fault:
        how: How = rng.choice(("reset", "silence"))
        answers = rng.randint(1, 3)
        return Fault(kind, f"{answers} by {how}", NOTHING, 0, _lost(ground, target, answers, how))

    return fault


Kind = Callable[[Ground, random.Random], Fault]

SMALL: Mapping[str, Kind] = {
    "kill-process": kill_process,
    "stop-process": stop_process,
    "kill-database": kill_database,
    "stop-database": stop_database,
    "kill-broker": kill_broker,
    "stop-broker": stop_broker,
    "slow-smtp": slow_smtp,
    "refusing-smtp": refusing_smtp,
    "poison-event": poison,
    "second-consumer": second_consumer,
    "clock-skew": clock_skew,
    "net-refuses": net_refuses,
    "net-resets": net_resets,
    "net-hangs": net_hangs,
    "lost-commit": _losing("lost-commit", "mongo"),
    "lost-publish": _losing("lost-publish", "kafka"),
    "lost-smtp": _losing("lost-smtp", "smtp"),
    "lost-sms": _losing("lost-sms", "sms"),
}
ALL: Mapping[str, Kind] = {**SMALL, "kill-two-brokers": kill_two_brokers, "stop-two-brokers": stop_two_brokers}


@asynccontextmanager
async def _killed(ground: Ground, name: str) -> AsyncIterator[None]:
    """SIGKILL; who supervises starts it again."""
    await _signal(ground, name, signal.SIGKILL)
    yield


@asynccontextmanager
async def _felled(ground: Ground, *names: str) -> AsyncIterator[None]:
    """SIGKILL, and away for as long as the block lasts."""
    await ground.system.fell(*names)
    try:
        yield
    finally:
        await ground.system.start(*names)


@asynccontextmanager
async def _frozen(ground: Ground, *names: str) -> AsyncIterator[None]:
    for name in names:
        await _signal(ground, name, signal.SIGSTOP)
    try:
        yield
    finally:
        for name in names:
            await _signal(ground, name, signal.SIGCONT)


async def _signal(ground: Ground, name: str, number: signal.Signals) -> None:
    """One that was killed a moment ago, while its twin went on, is hit as soon as it is there again."""

    async def there() -> bool:
        return ground.system.supervisor.states()[name].pid != 0

    await until(there, 30)
    await asyncio.to_thread(ground.system.kill, name, number)


@asynccontextmanager
async def _slow_mail(ground: Ground, seconds: float) -> AsyncIterator[None]:
    ground.sinks.mails.slow_s = seconds
    try:
        yield
    finally:
        ground.sinks.mails.slow_s = 0


@asynccontextmanager
async def _refused_mail(ground: Ground, answer: str) -> AsyncIterator[None]:
    ground.sinks.mails.refusal = answer
    try:
        yield
    finally:
        ground.sinks.mails.refusal = ""


@asynccontextmanager
async def _skewed(ground: Ground, skews: Mapping[str, timedelta]) -> AsyncIterator[None]:
    for name, by in skews.items():
        ground.skew(name, by)
    try:
        yield
    finally:
        for name in skews:
            ground.skew(name, timedelta())


@asynccontextmanager
async def _cut(ground: Ground, target: str, how: Callable[[Wire], None]) -> AsyncIterator[None]:
    wires = ground.named(target)
    for wire in wires:
        how(wire)
    try:
        yield
    finally:
        for wire in wires:
            await wire.mend()


@asynccontextmanager
async def _lost(ground: Ground, target: str, answers: int, how: How) -> AsyncIterator[None]:
    """Lasts until the first answer was lost, which may take a moment when there is little to do."""
    wires = ground.named(target)
    before = sum(wire.lost for wire in wires)
    for wire in wires:
        wire.lose(answers, how)
    try:
        yield
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(20):
                while sum(wire.lost for wire in wires) == before:  # noqa: ASYNC110  counted elsewhere
                    await asyncio.sleep(0.05)
    finally:
        for wire in wires:
            await wire.mend()
