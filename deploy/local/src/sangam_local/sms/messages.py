"""The messages that the catcher has taken: in memory, and line by line in a file so that a restart finds them again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`reference` is the sender's own and names the message for good; `received_at` is RFC 3339, UTC."""

    reference: str
    to: str
    text: str
    language: str
    sender: str
    encoding: str
    segments: int
    received_at: str

    def row(self) -> Mapping[str, Any]:
        return asdict(self)


class Messages:
    """Every message once. Without a folder they last as long as the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._kept: dict[str, Message] = {}
        self._file: Path | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = folder / "messages.jsonl"
            self._load(self._file)

    def all(self) -> Sequence[Message]:
        """Oldest first."""
        return tuple(self._kept.values())

    def find(self, reference: str) -> Message | None:
        return self._kept.get(reference)

    def take(self, message: Message) -> bool:
        """False when the reference is known: the first message stays. The line is on the file before the answer."""
        if message.reference in self._kept:
            return False
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(message.row(), ensure_ascii=False) + "\n")
        self._kept[message.reference] = message
        return True

    def clear(self) -> None:
        if self._file is not None:
            self._file.write_text("")
        self._kept.clear()

    def _load(self, file: Path) -> None:
        """A last line cut short by a kill was never answered; it is cut off, so that the next one stands alone."""
        if not file.exists():
            return
        whole, end, _ = file.read_bytes().rpartition(b"\n")
        file.write_bytes(whole + end)
        for line in whole.splitlines():
            message = Message(**json.loads(line))
            self._kept[message.reference] = message
