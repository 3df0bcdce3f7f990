"""What the checker says of one promise: how much it looked at, and what it found wrong."""

from dataclasses import dataclass, field

MOST_SHOWN = 8


@dataclass
class Verdict:
    """A verdict that examined nothing is no proof of anything."""

    promise: str
    examined: int = 0
    findings: list[str] = field(default_factory=list)

    def expect(self, holds: object, sentence: str) -> None:
        self.examined += 1
        if not holds:
            self.findings.append(sentence)

    @property
    def kept(self) -> bool:
        return not self.findings and self.examined > 0

    def __str__(self) -> str:
        if not self.examined:
            return f"{self.promise}: nothing was examined"
        shown = "\n  ".join(self.findings[:MOST_SHOWN])
        more = len(self.findings) - MOST_SHOWN
        tail = f"\n  … and {more} more" if more > 0 else ""
        return f"{self.promise}: {self.examined} examined, {len(self.findings)} wrong\n  {shown}{tail}"
