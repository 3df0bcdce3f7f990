"""SMS to the local catcher over HTTP. It takes each reference once, and answers for what it has."""

import httpx

from notifications.application.ports import AnswerLost, NotTaken, Refused
from notifications.domain.words import Language


class SmsCatcher:
    """One warm client. `sender` is the header that a phone shows."""

    def __init__(self, url: str, sender: str = "SANGAM", answer_s: float = 5.0) -> None:
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            timeout=httpx.Timeout(answer_s, connect=2.0, pool=2.0),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=60),
        )
        self._sender = sender

    async def send(self, reference: str, to: str, text: str, language: Language) -> str:
        body = {"reference": reference, "to": to, "text": text, "language": language, "sender": self._sender}
        try:
            answer = await self._http.post("/messages", json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotTaken("provider-away") from error
        except httpx.HTTPError as error:
            raise AnswerLost("provider-silent") from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise AnswerLost(f"provider-{answer.status_code}")
        if answer.status_code >= 400:
            raise Refused(f"provider-{answer.status_code}")
        return _reference(answer, reference)

    async def known(self, reference: str) -> str | None:
        try:
            answer = await self._http.get(f"/messages/{reference}")
        except httpx.HTTPError as error:
            raise NotTaken("provider-away") from error
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise NotTaken(f"provider-{answer.status_code}")
        return _reference(answer, reference)

    async def close(self) -> None:
        await self._http.aclose()


def _reference(answer: httpx.Response, ours: str) -> str:
    try:
        found = answer.json().get("reference")
    except (ValueError, AttributeError):
        return ours
    return found if isinstance(found, str) and len(found) <= 200 else ours
