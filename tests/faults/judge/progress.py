"""R1, R2, D3: what went on during each fault, and how soon everything did again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.faults.judge.verdict import Verdict

FULL_S = 60.0
DRAIN_S = 10.0
BROKERS = frozenset({"kill-broker", "stop-broker", "kill-two-brokers", "stop-two-brokers"})


@dataclass(frozen=True, slots=True)
class Beat:
    """One look at progress: seconds until each thing had happened, None when it did not in time."""

    took: dict[str, float | None] = field(default_factory=dict)

    def missing(self, wanted: Iterable[str]) -> list[str]:
        return sorted(what for what in wanted if self.took.get(what) is None)

    @property
    def longest(self) -> float:
        return max((took for took in self.took.values() if took is not None), default=0.0)


@dataclass(frozen=True, slots=True)
class Incident:
    """One fault that was injected. `promised` is what must go on during it; `after` counts from its end."""

    kind: str
    target: str
    began: float
    ended: float
    promised: frozenset[str] = frozenset()
    during: Beat = field(default_factory=Beat)
    after: Beat = field(default_factory=Beat)


@dataclass(frozen=True, slots=True)
class Restart:
    """A process that was asked to stop by SIGTERM; `drained_s` until it had ended."""

    process: str
    drained_s: float


def everybody_goes_on(incidents: Sequence[Incident]) -> Verdict:
    """R1: after any single fault all groups consume, decide and send again within a minute, without a human."""
    verdict = Verdict("R1")
    for one in incidents:
        what = f"{one.kind} of {one.target}"
        missing = one.during.missing(one.promised)
        verdict.expect(not missing, f"during {what}: no {', '.join(missing)}")
        missing = one.after.missing(one.after.took)
        verdict.expect(one.after.took and not missing, f"a minute after {what}: no {', '.join(missing)}")
        verdict.expect(one.after.longest <= FULL_S, f"{what}: {one.after.longest:.0f} s until everything went on")
    return verdict


def writes_outlive_brokers(incidents: Sequence[Incident]) -> Verdict:
    """D3: with one broker dead everything goes on; with two our writes do, and drain within a minute of the return."""
    verdict = everybody_goes_on([one for one in incidents if one.kind in BROKERS])
    verdict.promise = "D3"
    return verdict


def stops_are_clean(restarts: Sequence[Restart], failed_calls: Sequence[str], calls: int) -> Verdict:
    """R2: SIGTERM drains within ten seconds; a rolling restart fails no call through the gateway."""
    verdict = Verdict("R2")
    for restart in restarts:
        took = f"{restart.process} took {restart.drained_s:.1f} s to stop"
        verdict.expect(restart.drained_s <= DRAIN_S, took)
    verdict.examined += calls
    verdict.findings += failed_calls
    return verdict
