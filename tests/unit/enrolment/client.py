"""One actor at the door of one world."""

from typing import Any
from uuid import uuid4

import httpx

from enrolment.api.app import create_app
from enrolment.domain.person import Person
from tests.support.tokens import a_token
from tests.unit.enrolment.world import World


class Client:
    def __init__(self, world: World, *kinds: str, campus: str = "puducherry", person: Person | None = None) -> None:
        """Coordinator unless told otherwise; with no kind at all, a stranger without a token."""

        async def ready() -> None:
            return None

        token = a_token(
            sub=str(person.id if person else uuid4()),
            person_id=str(person.id if person else uuid4()),
            campuses=[person.campus if person else campus],
            kinds=list(kinds) or ["institute_coordinator"],
        )
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(world.service, ready)),
            base_url="http://enrolment/enrolment/v1",
            headers={"Authorization": f"Bearer {token}"},
        )

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params)

    async def post(
        self, path: str, body: object = None, *, key: str | None = None, version: object = None, dry_run: bool = False
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key or str(uuid4())} | ({"If-Match": f'"{version}"'} if version else {})
        return await self.http.post(path, json=body, headers=headers, params={"dry_run": "true"} if dry_run else {})

    async def patch(self, path: str, body: object, *, version: object) -> httpx.Response:
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": f'"{version}"'}
        return await self.http.patch(path, json=body, headers=headers)

    async def upload(
        self, path: str, csv: str | bytes, *, key: str | None = None, dry_run: bool = False
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key or str(uuid4()), "Content-Type": "text/csv"}
        content = csv if isinstance(csv, bytes) else csv.encode()
        return await self.http.post(
            path, content=content, headers=headers, params={"dry_run": "true"} if dry_run else {}
        )


def slug(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")
