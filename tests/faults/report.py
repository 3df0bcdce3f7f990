"""The long run's outcome as a page: each promise, the faults injected, the events checked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.judge.progress import Incident
from tests.faults.judge.verdict import Verdict

PROMISES = {
    "D1": "An accepted command is never lost",
    "D2": "A refused command leaves nothing",
    "D3": "Any one of three brokers may die; with two dead commands go on",
    "O1": "Per key, events are applied in order, without gaps",
    "O2": "A failing event blocks only its own key",
    "I1": "Repetition and replay change nothing and send nothing",
    "I2": "One Idempotency-Key, one effect, one answer",
    "S1": "No oversold seat, no undersold seat at rest",
    "N1": "One hand-over per notice unless an answer was lost",
    "N2": "Calendars end at the latest revision",
    "R1": "All groups consume again within a minute",
    "R2": "SIGTERM drains in ten seconds, a rolling restart fails no call",
    "E1": "Versions N−1, N, N+1 coexist",
    "T1": "One trace tells the whole story",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run. `database` is the server's program; `demanded` says what the run had to reach: events, faults,
    faults of each kind."""

    seed: int
    database: str
    minutes: float
    events: int
    commands: dict[str, int]
    incidents: Sequence[Incident]
    verdicts: Sequence[Verdict]
    demanded: tuple[int, int, int]
    kinds: Sequence[str]

    def short_of(self) -> list[str]:
        """What was demanded and not reached."""
        events, faults, each = self.demanded
        counted = Counter(incident.kind for incident in self.incidents)
        found = [f"{counted[kind]} of {kind}, {each} demanded" for kind in self.kinds if counted[kind] < each]
        if self.events < events:
            found.append(f"{self.events} events, {events} demanded")
        if len(self.incidents) < faults:
            found.append(f"{len(self.incidents)} faults, {faults} demanded")
        return found

    @property
    def survived(self) -> bool:
        complete = {verdict.promise for verdict in self.verdicts} == PROMISES.keys()
        return complete and all(verdict.kept for verdict in self.verdicts) and not self.short_of()


def page(outcome: Outcome) -> str:
    """Markdown."""
    said = outcome.commands
    lines = [
        "<!-- Written by `make faults`: do not edit. -->",
        "",
        "# Faults survived",
        "",
        f"Seed {outcome.seed}, {outcome.minutes:.0f} minutes, three brokers, two of each process, the database "
        f"`{outcome.database}`: "
        f"{outcome.events:,} events, {len(outcome.incidents)} faults, {sum(said.values()):,} commands "
        f"({said['ok']:,} ok, {said['fail']:,} refused, {said['unknown']:,} unknown). How it is done: "
        "[tests/faults](../tests/faults).",
        "",
        "| promise | | examined | outcome |",
        "|---|---|---|---|",
    ]
    for verdict in sorted(outcome.verdicts, key=lambda v: [*PROMISES].index(v.promise)):
        state = "kept" if verdict.kept else f"**broken**: {'; '.join(verdict.findings[:3]) or 'nothing was examined'}"
        lines.append(f"| {verdict.promise} | {PROMISES[verdict.promise]} | {verdict.examined:,} | {state} |")
    lines += ["", *_faults(outcome.incidents)]
    if short := outcome.short_of():
        lines += ["", "Not reached: " + "; ".join(short) + "."]
    return "\n".join(lines) + "\n"


def _faults(incidents: Sequence[Incident]) -> list[str]:
    """Per kind: how many, and how long until everything went on, in seconds."""
    lines = ["| fault | times | until everything went on: median, longest |", "|---|---|---|"]
    for kind in sorted({incident.kind for incident in incidents}):
        of = [incident for incident in incidents if incident.kind == kind]
        times = sorted(incident.after.longest for incident in of)
        lines.append(f"| {kind} | {len(of)} | {times[len(times) // 2]:.1f} s, {times[-1]:.1f} s |")
    return lines
