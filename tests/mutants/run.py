"""All mutants: first every named test on the code as it is, then each on its own patch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.mutants import judge
from tests.mutants.checkout import NotApplied, a_copy
from tests.mutants.mutants import Mutant

Verdict = Literal["dies", "survives", "dies otherwise", "not applied", "fails unmutated"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`said` is the first line of the assertion, or what came instead of it."""

    mutant: Mutant
    verdict: Verdict
    said: str

    @property
    def good(self) -> bool:
        return self.verdict == "dies"


def run(root: Path, mutants: Sequence[Mutant], tell: Callable[[Finding], None]) -> list[Finding]:
    """In the order of the mutants; `tell` hears each as it is found."""
    with a_copy(root) as copy:
        before = judge.run(copy, list(dict.fromkeys(mutant.test for mutant in mutants)))
    findings = []
    for mutant in mutants:
        unmutated = before[mutant.test]
        if unmutated.how == "passed":
            finding = _try(root, mutant)
        else:
            finding = Finding(mutant, "fails unmutated", unmutated.said)
        tell(finding)
        findings.append(finding)
    return findings


def _try(root: Path, mutant: Mutant) -> Finding:
    with a_copy(root) as copy:
        try:
            copy.apply(mutant)
        except NotApplied as problem:
            return Finding(mutant, "not applied", str(problem))
        ended = judge.run(copy, [mutant.test])[mutant.test]
    match ended.how:
        case "passed":
            return Finding(mutant, "survives", "the test passes without it")
        case "assertion":
            return Finding(mutant, "dies", ended.said)
        case "other":
            return Finding(mutant, "dies otherwise", ended.said)
