"""The gateway alone: a real Envoy with the rendered file, an echo behind it, tokens from the test key set."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from sangam_local import identity
from sangam_local.gateway import Limits, Rate
from tests.support.gateway import RunningGateway, running_gateway, until

SECRET = "eyJwIjoib2ZmZXIifQ.c2lnbmF0dXJl"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,idempotency-key"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    async with running_gateway(tmp_path_factory.mktemp("gateway")) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def http(running: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=running.url) as client:
        yield client


def bearer(home: Path, **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {identity.sign(home, **claims)}"}


def is_problem(answer: httpx.Response, status: int, slug: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["type"], body["status"]) == (f"/problems/{slug}", status)
    assert body["title"]


@pytest.mark.rule("X1")
async def test_a_route_is_closed_without_a_token(http: httpx.AsyncClient) -> None:
    for path in ("/enrolment/v1/people", "/scheduling/v1/rooms", "/notifications/v1/notices", "/enrolment/v1/links/x"):
        is_problem(await http.get(path), 401, "token-missing")
    is_problem(await http.put("/enrolment/v1/links"), 401, "token-missing")
    is_problem(await http.post("/enrolment/v1/certificates/verify"), 401, "token-missing")


@pytest.mark.rule("X1")
async def test_a_token_of_the_test_key_set_passes_and_is_forwarded(
    running: RunningGateway, http: httpx.AsyncClient
) -> None:
    token = bearer(running.home, campuses=["karaikal"], kinds=["campus_admin"])

    answer = await http.get("/scheduling/v1/rooms?campus=karaikal", headers=token)

    assert answer.status_code == 200
    assert answer.json()["path"] == "/scheduling/v1/rooms"
    assert answer.json()["query"] == "campus=karaikal"
    assert answer.json()["headers"]["authorization"] == token["Authorization"]


@pytest.mark.rule("X1")
async def test_a_token_that_is_foreign_misaddressed_or_old_is_refused(
    running: RunningGateway, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    valid = identity.sign(running.home, subject="a")
    head, body, signature = valid.split(".")
    refused = [
        bearer(tmp_path),
        bearer(running.home, audience="another"),
        bearer(running.home, issuer="https://elsewhere.test"),
        bearer(running.home, ttl=timedelta(seconds=-31)),
        {"Authorization": f"Bearer {head}.{body[:-4]}AAAA.{signature}"},
        {"Authorization": f"Bearer eyJhbGciOiJub25lIn0.{body}."},
        {"Authorization": f"Basic {valid}"},
    ]

    for headers in refused:
        is_problem(await http.get("/enrolment/v1/people", headers=headers), 401, "token-invalid")
    is_problem(await http.get("/enrolment/v1/people", params={"access_token": valid}), 401, "token-missing")


async def test_a_token_just_past_its_end_is_taken_for_the_difference_of_clocks(
    running: RunningGateway, http: httpx.AsyncClient
) -> None:
    answer = await http.get("/enrolment/v1/people", headers=bearer(running.home, ttl=timedelta(seconds=-5)))

    assert answer.status_code == 200


async def test_production_does_not_trust_the_test_key_set(tmp_path: Path) -> None:
    alone = running_gateway(tmp_path, profile="production", serve=False, identity=9)
    async with alone as strict, httpx.AsyncClient(base_url=strict.url) as http:
        is_problem(await http.get("/enrolment/v1/people", headers=bearer(tmp_path)), 401, "token-invalid")


async def test_exactly_the_open_routes_are_open(http: httpx.AsyncClient) -> None:
    opened = [
        await http.get("/enrolment/v1/links", params={"t": SECRET}),
        await http.post("/enrolment/v1/links", data={"t": SECRET, "act": "accept"}),
        await http.get("/enrolment/v1/certificates/verify", params={"code": "x"}),
        *[await http.get(f"/{service}/v1/openapi.json") for service in ("enrolment", "scheduling", "notifications")],
        *[await http.get(f"/{service}/v1/docs") for service in ("enrolment", "scheduling", "notifications")],
    ]

    assert [answer.status_code for answer in opened] == [200] * 9


@pytest.mark.parametrize(
    "path", ["/", "/livez", "/readyz", "/metrics", "/enrolment/livez", "/enrolment/metrics", "/x/v1/y"]
)
async def test_what_has_no_route_is_not_there_with_or_without_a_token(
    path: str, running: RunningGateway, http: httpx.AsyncClient
) -> None:
    is_problem(await http.get(path), 404, "no-such-route")
    is_problem(await http.get(path, headers=bearer(running.home)), 404, "no-such-route")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/enrolment/v1/links/../people", 401),
        ("/enrolment/v1/links/..%2fpeople", 400),
        ("/enrolment/v1/links%2f..%2fpeople", 400),
        ("/enrolment/v1/links%5c..%5cpeople", 400),
        ("/enrolment/v1/%6cinks/%2e%2e/people", 401),
        ("/enrolment/v1/docs/./../people", 401),
        ("/enrolment//v1//people", 401),
        ("//enrolment/v1/people", 401),
        ("/enrolment/v1/links/", 401),
        ("/enrolment/v1/links;x=1", 401),
        ("/enrolment/v1/Links", 401),
        ("/enrolment/v1/../livez", 404),
        ("/enrolment/v1/../../metrics", 404),
        ("/enrolment/v1/people?/../links", 401),
        ("/enrolment/v1/people#/../links", 400),
    ],
)
async def test_a_tricky_path_never_reaches_a_service_without_a_token(
    target: str, status: int, http: httpx.AsyncClient
) -> None:
    answer = await http.get("/", extensions={"target": target.encode()})

    is_problem(answer, status, {400: "request-malformed", 401: "token-missing", 404: "no-such-route"}[status])


async def test_the_service_sees_the_path_that_was_judged(running: RunningGateway, http: httpx.AsyncClient) -> None:
    target = {"target": b"/enrolment//v1/x/../people"}

    answer = await http.get("/", headers=bearer(running.home), extensions=target)

    assert answer.json()["path"] == "/enrolment/v1/people"


async def test_a_body_too_large_is_refused_and_an_upload_may_be_larger(
    running: RunningGateway, http: httpx.AsyncClient
) -> None:
    token, kib = bearer(running.home), 1024

    fits = await http.post("/enrolment/v1/programmes", headers=token, content=b"x" * 64 * kib)
    large = await http.post("/enrolment/v1/programmes", headers=token, content=b"x" * (64 * kib + 1))
    upload = await http.post("/enrolment/v1/offerings/1/nominations/imports", headers=token, content=b"x" * 4096 * kib)
    huge = await http.post("/enrolment/v1/people/imports", headers=token, content=b"x" * (4096 * kib + 1))

    assert (fits.status_code, upload.status_code) == (200, 200)
    assert upload.json()["size"] == 4096 * kib
    is_problem(large, 413, "body-too-large")
    is_problem(huge, 413, "body-too-large")


async def test_a_body_without_a_length_is_limited_too(running: RunningGateway, http: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(65):
            yield b"x" * 1024

    answer = await http.post("/enrolment/v1/links", content=pieces())

    is_problem(answer, 413, "body-too-large")


async def test_a_frontend_may_ask_and_read_what_it_needs(running: RunningGateway, http: httpx.AsyncClient) -> None:
    origin = {"Origin": "http://localhost:5173"}

    asked = await http.options("/enrolment/v1/offerings", headers={**origin, **PREFLIGHT})
    answer = await http.get("/enrolment/v1/offerings", headers={**origin, **bearer(running.home)})
    refused = await http.get("/enrolment/v1/offerings", headers=origin)

    assert asked.status_code == 200
    allowed = {name.strip().lower() for name in asked.headers["access-control-allow-headers"].split(",")}
    assert {
        "authorization",
        "idempotency-key",
        "if-match",
        "last-event-id",
        "sangam-position",
        "traceparent",
    } <= allowed
    assert asked.headers["access-control-allow-origin"] == origin["Origin"]
    exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
    assert exposed == {"ETag", "Location", "Sangam-Position", "Sangam-Stale", "Retry-After"}
    assert refused.headers["access-control-allow-origin"] == origin["Origin"]


async def test_another_origin_is_told_nothing(running: RunningGateway, http: httpx.AsyncClient) -> None:
    origin = {"Origin": "https://elsewhere.test"}

    asked = await http.options("/enrolment/v1/offerings", headers={**origin, **PREFLIGHT})
    answer = await http.get("/enrolment/v1/offerings", headers={**origin, **bearer(running.home)})

    assert asked.status_code == 401
    assert not [name for name in (*asked.headers, *answer.headers) if name.startswith("access-control")]


async def test_headers_that_only_the_gateway_sets_are_taken_away(
    running: RunningGateway, http: httpx.AsyncClient
) -> None:
    forged = {"X-Sangam-Subject": "someone", "x-sangam-campuses": "yanam", "X-Sangam-Else": "1"}
    forged |= {"X-Envoy-Upstream-Rq-Timeout-Ms": "0", "X-Envoy-Retry-On": "5xx", "X-Forwarded-For": "10.1.2.3"}

    answer = await http.get("/enrolment/v1/people", headers={**bearer(running.home), **forged})
    opened = await http.get("/enrolment/v1/links", headers=forged)

    for seen in (answer.json()["headers"], opened.json()["headers"]):
        assert not [name for name in seen if name.startswith(("x-sangam", "x-envoy", "x-forwarded-for"))]


async def test_a_subject_has_a_limit_of_its_own_that_headers_cannot_change(tmp_path: Path) -> None:
    limits = Limits(subject=Rate(1, 5), campus=Rate(1000, 1000))
    async with running_gateway(tmp_path, limits=limits) as one, httpx.AsyncClient(base_url=one.url) as http:
        ada = bearer(tmp_path, subject="ada", campuses=["yanam"])
        spent = [await http.get("/enrolment/v1/people", headers={**ada, "x-sangam-subject": str(n)}) for n in range(12)]
        bob = await http.get("/enrolment/v1/people", headers=bearer(tmp_path, subject="bob", campuses=["yanam"]))

    assert [answer.status_code for answer in spent[:5]] == [200] * 5
    is_problem(spent[-1], 429, "too-many-requests")
    assert spent[-1].headers["retry-after"] == "1"
    assert bob.status_code == 200


@pytest.mark.rule("C1")
async def test_a_noisy_campus_spends_only_its_own_share(tmp_path: Path) -> None:
    limits = Limits(subject=Rate(1000, 1000), campus=Rate(1, 5))
    async with running_gateway(tmp_path, limits=limits) as one, httpx.AsyncClient(base_url=one.url) as http:
        noisy = [bearer(tmp_path, subject=f"k{n}", campuses=["karaikal"]) for n in range(12)]
        spent = [await http.get("/enrolment/v1/people", headers=token) for token in noisy]
        quiet = await http.get("/enrolment/v1/people", headers=bearer(tmp_path, subject="y", campuses=["yanam"]))

    is_problem(spent[-1], 429, "too-many-requests")
    assert quiet.status_code == 200


async def test_open_routes_are_limited_by_address_and_leave_signed_requests_alone(tmp_path: Path) -> None:
    limits = Limits(address=Rate(1, 5))
    async with running_gateway(tmp_path, limits=limits) as one, httpx.AsyncClient(base_url=one.url) as http:
        opened = [await http.get("/enrolment/v1/links") for _ in range(12)]
        signed = [await http.get("/enrolment/v1/people", headers=bearer(tmp_path, subject="a")) for _ in range(12)]

    is_problem(opened[-1], 429, "too-many-requests")
    assert {answer.status_code for answer in signed} == {200}


@pytest.mark.rule("R2")
async def test_a_service_that_restarts_fails_no_request(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, serve=False) as one, httpx.AsyncClient(base_url=one.url, timeout=20) as http:
        asked = asyncio.create_task(http.post("/enrolment/v1/links", data={"t": SECRET}))

        async def retried() -> bool:
            return await one.statistic("cluster.enrolment.upstream_rq_retry") >= 2

        await until(retried)
        async with one.upstream.listening(one.ports["enrolment_api"]):
            answer = await asked

    assert answer.status_code == 200
    assert answer.json()["size"] > 0


@pytest.mark.rule("R2")
@pytest.mark.parametrize(("headers", "status", "deliveries"), [({"Idempotency-Key": "k"}, 200, 2), ({}, 503, 1)])
async def test_a_broken_connection_repeats_only_what_is_harmless_to_repeat(
    headers: dict[str, str], status: int, deliveries: int, tmp_path: Path
) -> None:
    delivered = 0

    async def break_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal delivered
        await reader.readuntil(b"\r\n\r\n")
        delivered += 1
        if delivered > 1:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with running_gateway(tmp_path, serve=False) as one, httpx.AsyncClient(base_url=one.url, timeout=20) as http:
        service = await asyncio.start_server(break_once, "127.0.0.1", one.ports["enrolment_api"])
        async with service:
            answer = await http.post("/enrolment/v1/people", headers={**bearer(tmp_path), **headers})

    assert (answer.status_code, delivered) == (status, deliveries)


async def test_a_service_that_stays_away_is_a_problem_too(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, serve=False) as one, httpx.AsyncClient(base_url=one.url, timeout=20) as http:
        answer = await http.get("/enrolment/v1/docs")

    is_problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.rule("T1")
async def test_a_trace_goes_through_the_gateway_to_the_service(
    running: RunningGateway, http: httpx.AsyncClient
) -> None:
    trace, caller = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    headers = {**bearer(running.home), "traceparent": f"00-{trace}-{caller}-01"}

    seen = (await http.get("/enrolment/v1/people", headers=headers)).json()["headers"]
    fresh = (await http.get("/enrolment/v1/links")).json()["headers"]

    _, seen_trace, parent, flags = seen["traceparent"].split("-")
    assert (seen_trace, flags) == (trace, "01")
    fresh_trace = fresh["traceparent"].split("-")[1]

    async def arrived() -> bool:
        return {trace, fresh_trace} <= {span["traceId"] for span in running.upstream.spans}

    await until(arrived)
    span = next(span for span in running.upstream.spans if span["traceId"] == trace)
    assert (span["id"], span["parentId"]) == (parent, caller)
    assert (span["name"].lower(), span["localEndpoint"]["serviceName"]) == ("get /enrolment/v1/people", "gateway")


async def test_a_link_token_is_in_no_span_and_no_log(running: RunningGateway, http: httpx.AsyncClient) -> None:
    answer = await http.get(
        "/enrolment/v1/links", params={"t": SECRET}, headers={"Referer": f"https://mail.test/?t={SECRET}"}
    )
    trace = answer.json()["headers"]["traceparent"].split("-")[1]
    token = bearer(running.home, subject="someone-known")
    await http.get("/enrolment/v1/people", params={"employee_id": "E-4711"}, headers=token)

    async def arrived() -> bool:
        return any(span["traceId"] == trace for span in running.upstream.spans) and trace in running.log.read_text()

    await until(arrived)
    lines = [json.loads(line) for line in running.log.read_text().splitlines() if line.startswith("{")]
    line = next(line for line in lines if line["trace_id"] == trace)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/enrolment/v1/links", 200)
    for told in (json.dumps(running.upstream.spans), running.log.read_text()):
        for hidden in (SECRET, "E-4711", "someone-known", "python-httpx", token["Authorization"]):
            assert hidden not in told
