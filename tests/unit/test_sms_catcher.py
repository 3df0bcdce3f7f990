"""The SMS catcher takes a message as a provider would, keeps it, and shows it as a phone would."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from sangam_local.sms.app import create_app, phones_of
from sangam_local.sms.messages import Message, Messages
from sangam_local.sms.segments import split

TAMIL = "சங்கம்: புதுச்சேரி பயிற்சியில் உங்களுக்கு ஓர் இடம் கிடைத்துள்ளது."


def a_message(**changes: Any) -> dict[str, Any]:
    plain = {"reference": "n-1/sms", "to": "+919876543210", "text": "Your seat is confirmed.", "language": "en"}
    return {**plain, "sender": "SANGAM", **changes}


def a_client(folder: Path | None = None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(Messages(folder)))
    return httpx.AsyncClient(transport=transport, base_url="http://sms.test")


@pytest_asyncio.fixture(loop_scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with a_client() as client:
        yield client


async def test_a_message_is_accepted_and_found_by_its_reference(http: httpx.AsyncClient) -> None:
    answer = await http.post("/messages", json=a_message())

    found = (await http.get("/messages/n-1/sms")).json()

    assert (answer.status_code, answer.json()) == (202, {"reference": "n-1/sms", "status": "accepted"})
    assert {name: found[name] for name in a_message()} == a_message()
    assert found["received_at"].endswith("+00:00")
    assert (await http.get("/messages/another")).status_code == 404


async def test_the_same_reference_again_is_accepted_and_not_kept_twice(http: httpx.AsyncClient) -> None:
    await http.post("/messages", json=a_message())

    again = await http.post("/messages", json=a_message(text="Another text"))

    assert (again.status_code, again.json()["status"]) == (200, "accepted")
    assert [item["text"] for item in (await http.get("/messages")).json()["items"]] == ["Your seat is confirmed."]


async def test_messages_are_listed_oldest_first_and_by_recipient(http: httpx.AsyncClient) -> None:
    for number, to in enumerate(("+911111111111", "+912222222222", "+911111111111")):
        await http.post("/messages", json=a_message(reference=str(number), to=to))

    every = (await http.get("/messages")).json()["items"]
    some = (await http.get("/messages", params={"to": "+911111111111"})).json()["items"]

    assert [item["reference"] for item in every] == ["0", "1", "2"]
    assert [item["reference"] for item in some] == ["0", "2"]


@pytest.mark.parametrize(
    "wrong",
    [{"to": "9876543210"}, {"to": "+0123456789"}, {"text": ""}, {"reference": ""}, {"language": "<b>"}, {"text": 3}],
)
async def test_a_message_that_no_provider_would_take_is_refused_without_repeating_it(
    wrong: dict[str, Any], http: httpx.AsyncClient
) -> None:
    answer = await http.post("/messages", json=a_message(**wrong))

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["fields"] == list(wrong)
    assert (await http.get("/messages")).json() == {"items": []}


async def test_a_body_that_is_not_json_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.post("/messages", content=b"{")).status_code == 422


async def test_clearing_forgets_everything(http: httpx.AsyncClient) -> None:
    await http.post("/messages", json=a_message())

    assert (await http.delete("/messages")).status_code == 204
    assert (await http.get("/messages")).json() == {"items": []}


async def test_a_restart_finds_the_messages_again(tmp_path: Path) -> None:
    async with a_client(tmp_path) as http:
        await http.post("/messages", json=a_message(text=TAMIL, language="ta"))

    async with a_client(tmp_path) as http:
        assert [item["text"] for item in (await http.get("/messages")).json()["items"]] == [TAMIL]
        assert (await http.post("/messages", json=a_message())).status_code == 200


async def test_a_line_cut_short_by_a_kill_spoils_nothing(tmp_path: Path) -> None:
    async with a_client(tmp_path) as http:
        await http.post("/messages", json=a_message())
    with (tmp_path / "messages.jsonl").open("a") as file:
        file.write('{"reference": "n-2"')

    async with a_client(tmp_path) as http:
        await http.post("/messages", json=a_message(reference="n-3"))

    assert [message.reference for message in Messages(tmp_path).all()] == ["n-1/sms", "n-3"]


async def test_the_page_shows_each_text_as_it_is_with_a_link_to_tap(http: httpx.AsyncClient) -> None:
    await http.post("/messages", json=a_message(reference="1", text=TAMIL, language="ta"))
    await http.post("/messages", json=a_message(reference="2", text="<script>x()</script> https://a.test/l?t=x.y&z=1"))

    page = await http.get("/")

    assert f'lang="ta">{TAMIL}</div>' in page.text
    assert "&lt;script&gt;x()&lt;/script&gt;" in page.text
    assert '<a href="https://a.test/l?t=x.y&amp;z=1" target="_blank" rel="noreferrer">' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_phone_that_rang_last_comes_first() -> None:
    taken = [
        Message(
            reference=str(number),
            to=to,
            text="x",
            language="en",
            sender="",
            encoding="GSM-7",
            segments=1,
            received_at="",
        )
        for number, to in enumerate("aba")
    ]

    shown = [(to, [message.reference for message in held]) for to, held in phones_of(taken)]

    assert shown == [("a", ["0", "2"]), ("b", ["1"])]


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("€" * 153, "GSM-7", 3),  # a pair is not cut, so 76 fit where 76.5 would
        ("க" * 70, "UCS-2", 1),
        ("க" * 71, "UCS-2", 2),
        ("अ" * 135, "UCS-2", 3),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 67, "UCS-2", 3),  # 33 to a part
    ],
)
def test_a_text_is_counted_in_the_parts_it_is_billed_in(text: str, encoding: str, segments: int) -> None:
    assert split(text) == (encoding, segments)
