"""`make mutants`: prints each mutant, its test and what the test said; ends with 1 unless every one dies by it."""

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.mutants import MUTANTS, Mutant
from tests.mutants.run import Finding, run

ROOT = Path(__file__).resolve().parents[2]


def tell(finding: Finding) -> None:
    print(f"{finding.verdict:16} without {finding.mutant.name}", flush=True)
    print(f"{'':16} {finding.mutant.test}", flush=True)
    print(f"{'':16} {finding.said}", flush=True)


def main(root: Path, mutants: Sequence[Mutant]) -> int:
    return conclude(run(root, mutants, tell))


def conclude(findings: Sequence[Finding]) -> int:
    """The exit code."""
    good = sum(finding.good for finding in findings)
    print(f"{good} of {len(findings)} mutants die by the assertion of their named test")
    return 0 if findings and good == len(findings) else 1


if __name__ == "__main__":
    words = sys.argv[1:]  # only the mutants whose name has one of these
    sys.exit(main(ROOT, [m for m in MUTANTS if not words or any(word in m.name for word in words)]))
