"""What was asked of the system and what it said: one operation per Idempotency-Key, `ok`, `fail` or `unknown`.

The checker knows nothing else of what was asked. Times are seconds of the wall clock.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["ok", "fail", "unknown"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as it came: what a repetition must give again."""

    status: int
    body: str
    etag: str = ""
    positions: tuple[str, ...] = ()


@dataclass(slots=True)
class Operation:
    """`about` says what the workload meant (offering, person, enrolment); `trace` is the trace id it was sent under.

    `marks` are texts that nothing else in this run holds: a refused operation must leave none of them anywhere.
    """

    kind: str
    method: str
    path: str
    key: str
    about: dict[str, str]
    marks: tuple[str, ...] = ()
    trace: str = ""
    outcome: Outcome = "unknown"
    answers: list[Said] = field(default_factory=list)
    tries: int = 0
    lost: int = 0
    other_body: list[int] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0

    def hear(self, said: Said) -> None:
        """A refusal is decided again when the key comes again; after a success nothing else may be said."""
        if self.outcome != "ok":
            self.outcome = "ok" if said.status < 400 else "fail"
            self.answers = [said]
        else:
            self.answers.append(said)

    @property
    def ok(self) -> bool:
        return self.outcome == "ok"

    @property
    def answer(self) -> Json:
        found: Json = json.loads(self.answers[0].body)
        return found

    @property
    def slug(self) -> str:
        """Of a refusal."""
        return str(self.answer.get("type", "")).rsplit("/", 1)[-1]

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass
class History:
    operations: list[Operation] = field(default_factory=list)

    def begin(self, operation: Operation) -> Operation:
        operation.began = time.time()
        self.operations.append(operation)
        return operation

    def of(self, *kinds: str) -> Iterator[Operation]:
        return (one for one in self.operations if one.kind in kinds)

    def count(self) -> dict[str, int]:
        counted = {"ok": 0, "fail": 0, "unknown": 0}
        for one in self.operations:
            counted[one.outcome] += 1
        return counted

    def keep(self, path: Path) -> None:
        """One line each, to look at afterwards."""
        path.write_text("".join(json.dumps(asdict(one)) + "\n" for one in self.operations))
