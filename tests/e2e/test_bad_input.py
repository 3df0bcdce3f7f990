"""What bad input gets: a problem with a stable slug, and nothing changed. Through the gateway, on the whole system."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from common.clock import real_now
from sangam_local import identity
from sangam_local.client import gateway
from sangam_local.clock import offset
from sangam_local.showing import directory
from sangam_local.system import System
from tests.support.eventually import eventually

CAMPUSES = ("puducherry", "karaikal", "yanam")


@dataclass(frozen=True)
class Desk:
    """The gateway without any forgiveness, and the tokens of whoever is needed."""

    http: httpx.AsyncClient
    system: System
    people: Mapping[str, str]
    courses: Mapping[str, str]
    campus_of: Mapping[str, str]

    def token(self, *kinds: str, campuses: tuple[str, ...] = CAMPUSES, person: str | None = None, **more: Any) -> str:
        return identity.sign(self.system.home.root, person_id=person, campuses=campuses, kinds=kinds, **more)

    @property
    def coordinator(self) -> str:
        return self.token("institute_coordinator", person=self.people[self.somebody("puducherry")])

    async def post(self, path: str, body: Any = None, token: str | None = "", **headers: str) -> httpx.Response:
        said = {"idempotency-key": str(uuid4()), **{name.replace("_", "-"): value for name, value in headers.items()}}
        if token is not None:
            said["authorization"] = f"Bearer {token or self.coordinator}"
        if isinstance(body, bytes):
            return await self.http.post(path, content=body, headers={"content-type": "text/csv", **said})
        return await self.http.post(path, json=body or {}, headers=said)

    async def get(self, path: str, token: str = "", **params: str) -> httpx.Response:
        said = {"authorization": f"Bearer {token or self.coordinator}"}
        return await self.http.get(path, headers=said, params=params)

    def an_offering(self, **more: Any) -> dict[str, Any]:
        now = real_now() + offset(self.system.home)
        body = {
            "course_id": self.courses["MK-JS"],
            "label": f"BAD-{uuid4().hex[:6]}",
            "owner_campus": "karaikal",
            "language": "en",
            "shares": {"karaikal": 2},
            "earliest_start": (now + timedelta(days=30)).date().isoformat(),
            "window_opens": (now - timedelta(hours=1)).isoformat(),
            "window_closes": (now + timedelta(days=10)).isoformat(),
            "cutoff": (now + timedelta(days=12)).isoformat(),
            "approval": "none",
        }
        return body | more

    async def drafted(self, **more: Any) -> dict[str, Any]:
        answer = await self.post("/enrolment/v1/offerings", self.an_offering(**more))
        assert answer.status_code == 201, answer.text
        return answer.json() | {"etag": answer.headers["etag"]}

    async def opened(self, **more: Any) -> dict[str, Any]:
        offering = await self.drafted(**more)
        answer = await self.post(f"/enrolment/v1/offerings/{offering['id']}/open", if_match=offering["etag"])
        assert answer.status_code == 200, answer.text
        return answer.json() | {"etag": answer.headers["etag"]}

    def somebody(self, campus: str, skip: int = 0) -> str:
        """The employee id of somebody of a campus."""
        return [e for e, c in self.campus_of.items() if c == campus][skip]


@pytest.fixture(scope="module")
async def desk(system: System) -> AsyncIterator[Desk]:
    async with gateway(system.urls()["gateway"]) as door:
        institute, seeded = await directory(system.home, door)
    campus_of = {person.employee_id: person.campus for person in institute.people}
    async with httpx.AsyncClient(base_url=system.urls()["gateway"], timeout=30) as http:
        yield Desk(http, system, seeded.people, seeded.courses, campus_of)


def slug(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]


@pytest.mark.rule("X1")
async def test_nobody_and_strangers_are_turned_away(desk: Desk) -> None:
    foreign = desk.token("institute_coordinator", issuer="https://elsewhere.test")
    other_audience = desk.token("institute_coordinator", audience="other")

    answers = [
        await desk.post("/enrolment/v1/offerings", desk.an_offering(), token)
        for token in (None, foreign, other_audience)
    ]

    assert [slug(a)[0] for a in answers] == [401, 401, 401]
    assert {slug(a)[1] for a in answers} <= {"token-missing", "token-invalid"}
    assert all(a.headers["content-type"].startswith("application/problem+json") for a in answers)


@pytest.mark.rule("P-03", "C1")
async def test_another_campus_is_not_there(desk: Desk) -> None:
    offering = await desk.drafted()
    yanam = desk.token("campus_admin", campuses=("yanam",), person=desk.people[desk.somebody("yanam")])
    person = desk.people[desk.somebody("karaikal")]

    seen = await desk.get(f"/enrolment/v1/offerings/{offering['id']}", yanam)
    opened = await desk.post(f"/enrolment/v1/offerings/{offering['id']}/open", token=yanam, if_match=offering["etag"])
    table = await desk.get(f"/scheduling/v1/offerings/{offering['id']}/timetable", yanam)
    somebody = await desk.get(f"/enrolment/v1/people/{person}", yanam)

    assert [slug(a) for a in (seen, opened, table, somebody)] == [(404, "not-found")] * 4


async def test_unknown_people_and_offerings_are_not_found(desk: Desk) -> None:
    offering = await desk.opened()
    nobody = await desk.post(f"/enrolment/v1/offerings/{offering['id']}/nominations", {"person_id": str(uuid4())})
    nowhere = await desk.post(f"/enrolment/v1/offerings/{uuid4()}/nominations", {"person_id": str(uuid4())})
    odd = await desk.post("/enrolment/v1/offerings/not-an-id/nominations", {"person_id": str(uuid4())})

    assert [slug(a) for a in (nobody, nowhere)] == [(404, "unknown-person"), (404, "not-found")]
    assert slug(odd) == (422, "invalid-request")


@pytest.mark.rule("E-10")
@pytest.mark.parametrize("seats", [0, -1, "3", None, 1.5, True])
async def test_seats_are_a_whole_number_above_zero(desk: Desk, seats: object) -> None:
    answer = await desk.post("/enrolment/v1/offerings", desk.an_offering(shares={"karaikal": seats}))

    assert slug(answer)[0] == 422
    assert slug(answer)[1] in ("invalid-request", "bad-seats")


async def test_a_closed_window_is_closed(desk: Desk) -> None:
    now = real_now() + offset(desk.system.home)
    times = {
        "window_opens": (now - timedelta(days=2)).isoformat(),
        "window_closes": (now - timedelta(hours=1)).isoformat(),
    }
    offering = await desk.opened(**times)

    body = {"employee_id": desk.somebody("karaikal", 5)}
    answer = await desk.post(f"/enrolment/v1/offerings/{offering['id']}/nominations", body)

    assert slug(answer) == (409, "window-closed")
    assert (await desk.get(f"/enrolment/v1/offerings/{offering['id']}/enrolments")).json()["items"] == []


@pytest.mark.rule("E-17")
async def test_a_second_active_enrolment_is_refused(desk: Desk) -> None:
    first, second = await desk.opened(), await desk.opened()
    body = {"employee_id": desk.somebody("karaikal", 7)}

    once = await desk.post(f"/enrolment/v1/offerings/{first['id']}/nominations", body)
    same = await desk.post(f"/enrolment/v1/offerings/{first['id']}/nominations", body)
    other = await desk.post(f"/enrolment/v1/offerings/{second['id']}/nominations", body)

    assert once.status_code == 201, once.text
    assert [a.status_code for a in (same, other)] == [409, 409]
    assert slug(same)[1].startswith("already")
    assert slug(other)[1] == "already-in-course"
    found = [(await desk.get(f"/enrolment/v1/offerings/{o['id']}/enrolments")).json()["items"] for o in (first, second)]
    assert [len(items) for items in found] == [1, 0]


@pytest.mark.rule("S2")
async def test_an_edit_without_or_with_an_old_version_changes_nothing(desk: Desk) -> None:
    offering = await desk.drafted()
    path = f"/enrolment/v1/offerings/{offering['id']}/open"

    assert slug(await desk.post(path)) == (428, "if-match-missing")
    assert slug(await desk.post(path, if_match='"77"')) == (412, "stale")
    assert (await desk.get(f"/enrolment/v1/offerings/{offering['id']}")).json()["state"] == "draft"


@pytest.mark.rule("I2")
async def test_a_key_used_again_with_another_body_is_refused(desk: Desk) -> None:
    key = str(uuid4())
    first = await desk.post("/enrolment/v1/offerings", body := desk.an_offering(), idempotency_key=key)
    again = await desk.post("/enrolment/v1/offerings", body, idempotency_key=key)
    other = await desk.post("/enrolment/v1/offerings", body | {"label": "OTHER"}, idempotency_key=key)

    assert (first.status_code, first.content) == (201, again.content)
    assert slug(other) == (422, "idempotency-key-reused")


async def test_a_body_too_large_is_refused_at_the_gateway_and_in_the_service(desk: Desk) -> None:
    large = {"label": "x" * 100_000}
    port = desk.system.ports.enrolment_api
    headers = {"authorization": f"Bearer {desk.coordinator}", "idempotency-key": "k"}
    async with httpx.AsyncClient() as straight:
        inside = await straight.post(f"http://127.0.0.1:{port}/enrolment/v1/offerings", json=large, headers=headers)

    outside = await desk.post("/enrolment/v1/offerings", large)
    assert [slug(a) for a in (outside, inside)] == [(413, "body-too-large")] * 2
    assert ("64 KiB" in outside.json()["title"], inside.json()["limit_bytes"]) == (True, 64 * 1024)


async def outcome(desk: Desk, accepted: httpx.Response) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The finished job, and its rows."""
    assert accepted.status_code == 202, accepted.text

    async def done() -> dict[str, Any] | None:
        job: dict[str, Any] = (await desk.get(accepted.headers["location"])).json()
        return job if job["state"] == "done" else None

    job = await eventually(done, timeout=40)
    assert job
    return job, (await desk.get(accepted.headers["location"] + "/rows")).json()["items"]


@pytest.mark.rule("N-03")
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "csv-empty"),
        (b"employee_id,mandatory\n", "csv-empty"),
        (b"name,age\nA,1\n", "csv-columns"),
        ("employee_id\nÜ".encode("latin-1"), "csv-encoding"),
        (b"employee_id,mandatory\n" + b"PDY-0001,no\n" * 20_000, "csv-too-long"),
        (b"\x00\x01\x02", "csv-columns"),
    ],
    ids=["empty", "header only", "wrong columns", "not utf-8", "20,000 rows", "binary"],
)
async def test_an_upload_that_cannot_be_read_is_refused_whole(desk: Desk, content: bytes, problem: str) -> None:
    offering = await desk.opened()

    answer = await desk.post(f"/enrolment/v1/offerings/{offering['id']}/nominations/imports", content)

    assert slug(answer) == (422, problem)
    assert problem != "csv-too-long" or answer.json()["limit"] == 10_000
    assert (await desk.get(f"/enrolment/v1/offerings/{offering['id']}/enrolments")).json()["items"] == []


@pytest.mark.rule("N-03")
async def test_an_upload_with_a_bom_semicolons_and_bad_rows_says_what_became_of_each(desk: Desk) -> None:
    offering = await desk.opened()
    good = desk.somebody("karaikal", 11)
    rows = ["employee_id;mandatory", f"{good};no", "NOBODY-1;no", "=cmd|' /C calc'!A0;no", f"{good};no", "", " ;no"]

    sent = "\ufeff" + "\r\n".join(rows)
    job, results = await outcome(
        desk, await desk.post(f"/enrolment/v1/offerings/{offering['id']}/nominations/imports", sent.encode())
    )

    said = {row["row"]: (row["outcome"], row.get("problem")) for row in results}
    assert said[1][0] == "accepted"
    assert {said[n][0] for n in said if n > 1} == {"refused"}
    assert said[3][1] == "formula-cell"
    assert job["accepted"] == 1
    assert good not in str(results)
    found = (await desk.get(f"/enrolment/v1/offerings/{offering['id']}/enrolments")).json()["items"]
    assert len(found) == 1


@pytest.mark.parametrize("t", ["", "x", "a.b", "…", "eyJwIjoib2ZmZXIifQ.AAAA"])
async def test_an_altered_link_shows_and_does_nothing(desk: Desk, t: str) -> None:
    shown = await desk.http.get("/enrolment/v1/links", params={"t": t}, headers={"accept": "application/json"})
    acted = await desk.http.post(
        "/enrolment/v1/links", data={"t": t, "act": "accept"}, headers={"accept": "application/json"}
    )

    assert (shown.status_code, acted.status_code) == (422, 422)
