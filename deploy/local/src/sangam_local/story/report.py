"""What a story leaves behind: each step with what it found."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StepReport:
    """`seconds` of real time."""

    title: str
    found: Sequence[str]
    seconds: float


@dataclass(slots=True)
class StoryReport:
    """`outcome` is the same for the same cast, whatever was killed meanwhile."""

    offering: str = ""
    label: str = ""
    steps: list[StepReport] = field(default_factory=list)
    outcome: dict[str, str] = field(default_factory=dict)
    mails: int = 0
    sms: int = 0
    repeated: int = 0
