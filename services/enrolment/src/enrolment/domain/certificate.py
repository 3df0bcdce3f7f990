"""C-02: the record that a course was completed, which anybody holding its code can verify."""

import base64
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    id: UUID
    version: int = 0
    code: str
    person_id: UUID
    course_id: UUID
    offering_id: UUID
    enrolment_id: UUID
    campus: str
    owner_campus: str
    issued_at: datetime
    valid_until: datetime | None = None


def code_of(id: UUID) -> str:
    """Sixteen letters and digits in fours, from the random end of a UUIDv7: short enough to type, not to guess."""
    letters = base64.b32encode(id.bytes[-10:]).decode()
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def code_key(typed: str) -> str:
    """How people may type a code: any case, with or without hyphens and spaces."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))
