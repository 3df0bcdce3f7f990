"""The gateway's client: what it repeats, and what it hands on."""

import httpx
import pytest

from sangam_local.client import Gateway, Refused, eventually


def a_gateway(*answers: httpx.Response | Exception) -> tuple[Gateway, list[httpx.Request]]:
    """Answers in this order, the last one for ever."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        now = answers[min(len(seen), len(answers)) - 1]
        if isinstance(now, Exception):
            raise now
        return now

    return Gateway(httpx.AsyncClient(base_url="http://gateway", transport=httpx.MockTransport(answer))), seen


async def test_a_command_is_repeated_under_the_same_key() -> None:
    door, seen = a_gateway(httpx.ReadError("gone"), httpx.Response(503), httpx.Response(201, json={"id": "1"}))

    answer = await door.acting("token").post("/enrolment/v1/offerings", {"label": "x"})

    assert answer.body == {"id": "1"}
    assert len(seen) == 3
    assert len({request.headers["Idempotency-Key"] for request in seen}) == 1
    assert {request.content for request in seen} == {b'{"label":"x"}'}


async def test_two_commands_have_two_keys() -> None:
    door, seen = a_gateway(httpx.Response(200, json={}))

    await door.acting("token").post("/a")
    await door.acting("token").post("/a")

    assert len({request.headers["Idempotency-Key"] for request in seen}) == 2


async def test_a_refusal_is_not_repeated_and_keeps_its_slug() -> None:
    door, seen = a_gateway(httpx.Response(409, json={"type": "/problems/window-closed", "title": "Closed."}))

    with pytest.raises(Refused, match="Closed") as refused:
        await door.acting("token").post("/a")

    assert (refused.value.status, refused.value.slug, len(seen)) == (409, "window-closed", 1)


async def test_an_edit_of_what_changed_meanwhile_reads_the_newest_version() -> None:
    door, seen = a_gateway(
        httpx.Response(200, json={}, headers={"ETag": '"1"'}),
        httpx.Response(412, json={"type": "/problems/stale"}),
        httpx.Response(200, json={}, headers={"ETag": '"2"'}),
        httpx.Response(200, json={"state": "open"}),
    )

    answer = await door.acting("token").edit("/a", "open")

    assert answer.body == {"state": "open"}
    assert [request.headers.get("If-Match") for request in seen] == [None, '"1"', None, '"2"']
    assert [request.url.path for request in seen] == ["/a", "/a/open", "/a", "/a/open"]


async def test_a_read_carries_the_positions_of_earlier_commands() -> None:
    door, seen = a_gateway(
        httpx.Response(200, json={}, headers={"Sangam-Position": "enrolment-events:a:2,people:b:1"}),
        httpx.Response(200, json={}, headers={"Sangam-Position": "enrolment-events:a:1"}),
        httpx.Response(200, json={}),
    )
    acting = door.acting("token")

    await acting.post("/a")
    await acting.post("/a")
    await acting.get("/b")

    assert "Sangam-Position" not in seen[1].headers
    assert seen[2].headers["Sangam-Position"] == "people:b:1,enrolment-events:a:2"


async def test_a_list_is_read_to_its_end() -> None:
    door, seen = a_gateway(
        httpx.Response(200, json={"items": [{"id": 1}], "next": "c1"}),
        httpx.Response(200, json={"items": [{"id": 2}], "next": None}),
    )

    assert await door.acting("token").all("/people", campus="yanam") == [{"id": 1}, {"id": 2}]
    assert dict(seen[1].url.params) == {"limit": "200", "campus": "yanam", "after": "c1"}


async def test_waiting_in_vain_says_for_what() -> None:
    async def nothing() -> None:
        return None

    with pytest.raises(TimeoutError, match="the end of the world"):
        await eventually(nothing, "the end of the world", within=0)
