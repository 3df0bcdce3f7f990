"""What the SMS catcher has accepted, as an outsider sees it."""

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Sms:
    """One message as a phone would show it. `reference` is the sender's own."""

    reference: str
    to: str
    text: str
    language: str


@dataclass(slots=True)
class SmsBox:
    """The catcher's HTTP page for programs; `seen` is how many messages belong to an earlier time."""

    http: httpx.AsyncClient
    seen: int = 0

    async def start_here(self) -> None:
        self.seen = len(await self._items())

    async def messages(self) -> list[Sms]:
        """Everything since the start, oldest first."""
        return [
            Sms(item["reference"], item["to"], item["text"], item["language"])
            for item in (await self._items())[self.seen :]
        ]

    async def _items(self) -> list[dict[str, Any]]:
        answer = await self.http.get("/messages")
        items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return sorted(items, key=lambda item: str(item["received_at"]))
