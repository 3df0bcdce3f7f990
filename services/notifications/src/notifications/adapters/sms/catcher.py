"""SMS to the local catcher over HTTP. It takes each reference once, and answers for what it has."""

import aiohttp

from notifications.application.ports import AnswerLost, NotTaken, Refused
from notifications.domain.words import Language


class SmsCatcher:
    """One warm client, made at the first use, when a loop runs. `sender` is the header that a phone shows."""

    def __init__(self, url: str, sender: str = "SANGAM", answer_s: float = 5.0) -> None:
        self._url, self._sender = url.rstrip("/"), sender
        self._timeout = aiohttp.ClientTimeout(total=answer_s, connect=2.0)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, reference: str, to: str, text: str, language: Language) -> str:
        body = {"reference": reference, "to": to, "text": text, "language": language, "sender": self._sender}
        try:
            async with self._http.post(f"{self._url}/messages", json=body) as answer:
                if answer.status >= 500 or answer.status == 429:
                    raise AnswerLost(f"provider-{answer.status}")
                if answer.status >= 400:
                    raise Refused(f"provider-{answer.status}")
                return await _reference(answer, reference)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotTaken("provider-away") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise AnswerLost("provider-silent") from error

    async def known(self, reference: str) -> str | None:
        try:
            async with self._http.get(f"{self._url}/messages/{reference}") as answer:
                if answer.status == 404:
                    return None
                if answer.status != 200:
                    raise NotTaken(f"provider-{answer.status}")
                return await _reference(answer, reference)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotTaken("provider-away") from error

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    @property
    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            most = aiohttp.TCPConnector(limit=16, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(timeout=self._timeout, connector=most)
        return self._session


async def _reference(answer: aiohttp.ClientResponse, ours: str) -> str:
    try:
        found = (await answer.json(content_type=None)).get("reference")
    except (ValueError, AttributeError):
        return ours
    return found if isinstance(found, str) and len(found) <= 200 else ours
