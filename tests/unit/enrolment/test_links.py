"""Action links: the page shows and never acts, the button acts once, and every refusal is said in plain words."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from enrolment.domain.enrolment import Enrolment
from tests.unit.enrolment.builders import PDY, deadline_of, released
from tests.unit.enrolment.client import Client, slug
from tests.unit.enrolment.test_offers import an_offer
from tests.unit.enrolment.test_running import START, a_run, mine, moved
from tests.unit.enrolment.world import World, a_link


def link_of(enrolment: Enrolment) -> str:
    return a_link("offer", enrolment.id, enrolment.offers, deadline_of(enrolment))


class Visitor:
    """Somebody with a link and no account."""

    def __init__(self, world: World) -> None:
        self._http = Client(world).http
        del self._http.headers["authorization"]

    async def open(self, token: str) -> httpx.Response:
        return await self._http.get("/links", params={"t": token})

    async def press(self, token: str, act: str, *, json: bool = True) -> httpx.Response:
        accept = "application/json" if json else "text/html"
        return await self._http.post("/links", data={"t": token, "act": act}, headers={"Accept": accept})


async def test_opening_a_link_shows_what_it_is_about_and_does_nothing():
    world = World()
    offering, _, [offered] = await an_offer(world)
    await world.hear(released(offering.id, START))

    page = await Visitor(world).open(link_of(offered))

    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert all(text in page.text for text in ("Master trainers", "March run", "22.03.2026 12:00", "IST", "<button"))
    assert "Meena" not in page.text
    assert (await world.enrolment(offered.id)).state == "offered"


@pytest.mark.parametrize(
    ("language", "words"), [("ta", "இடத்தை ஏற்கிறேன்"), ("hi", "सीट स्वीकार करें"), ("en", "Accept the seat")]
)
async def test_the_page_speaks_the_person_s_language(language, words):
    from dataclasses import replace

    world = World()
    _, [person], [offered] = await an_offer(world)
    await world.put(people=[replace(person, languages=(language, "en"))])

    page = await Visitor(world).open(link_of(offered))

    assert words in page.text
    assert f'<html lang="{language}">' in page.text


async def test_pressing_twice_shows_the_same_and_pressing_the_other_is_refused():
    world = World()
    _, _, [offered] = await an_offer(world)
    visitor, token = Visitor(world), link_of(offered)

    first, again = await visitor.press(token, "accept"), await visitor.press(token, "accept")
    other = await visitor.press(token, "refuse")
    page = await visitor.open(token)

    assert (first.status_code, first.content) == (200, again.content)
    assert first.json()["act"] == "accept"
    assert slug(other) == (409, "link-used")
    assert (await world.enrolment(offered.id)).state == "confirmed"
    assert len(await world.told("confirmed")) == 1
    assert "<form" not in page.text
    assert "You have accepted" in page.text


@pytest.mark.rule("I2")
async def test_the_same_act_spelt_otherwise_is_the_same_act():
    world = World()
    _, _, [offered] = await an_offer(world)
    visitor, token = Visitor(world), link_of(offered)
    first = await visitor.press(token, "accept")
    headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}

    again = await visitor._http.post("/links", content=f"act=accept&t={token}&", headers=headers)

    assert (again.status_code, again.content) == (200, first.content)


async def test_the_answer_outlives_the_idempotency_key_and_the_deadline():
    world = World()
    _, _, [offered] = await an_offer(world)
    visitor, token = Visitor(world), link_of(offered)
    first = await visitor.press(token, "accept")
    world.stored("idempotency").clear()
    world.at(deadline_of(offered) + timedelta(days=9))

    again = await visitor.press(token, "accept")

    assert again.json() == first.json()


async def test_an_expired_link_says_so():
    world = World()
    _, _, [offered] = await an_offer(world)
    visitor, token = Visitor(world), link_of(offered)
    world.at(deadline_of(offered) + timedelta(seconds=2))

    shown, pressed = await visitor.open(token), await visitor.press(token, "accept")
    as_page = await visitor.press(token, "accept", json=False)

    assert (shown.status_code, "no longer valid" in shown.text, "<form" in shown.text) == (409, True, False)
    assert slug(pressed) == (409, "link-expired")
    assert (as_page.status_code, "no longer valid" in as_page.text) == (409, True)


@pytest.mark.parametrize("damage", ["signature", "payload", "cut", "rubbish", "other key", ""])
async def test_an_altered_link_is_no_link(damage):
    world = World()
    _, _, [offered] = await an_offer(world)
    token = link_of(offered)
    payload, signature = token.split(".")
    other = a_link("offer", uuid4(), 1, deadline_of(offered))
    broken = {
        "signature": payload + "." + ("B" if signature[0] != "B" else "C") + signature[1:],
        "payload": other.split(".")[0] + "." + signature,
        "cut": token[:-5],
        "rubbish": "rubbish",
        "other key": payload + "." + "A" * len(signature),
        "": "",
    }[damage]

    shown, pressed = await Visitor(world).open(broken), await Visitor(world).press(broken, "accept")

    assert shown.status_code == 422
    assert pressed.status_code == 422
    assert (await world.enrolment(offered.id)).state == "offered"


async def test_a_link_answers_only_what_it_asks():
    world = World()
    _, _, [offered] = await an_offer(world)

    assert slug(await Visitor(world).press(link_of(offered), "reconfirm")) == (422, "no-such-act")


async def test_reconfirming_by_link():
    world = World()
    offering, [anna, bala], [first, _] = await a_run(world, seats=2)
    await world.hear(moved(offering.id, first, START + timedelta(days=1)))
    visitor = Visitor(world)
    a, b = await mine(world, offering, anna), await mine(world, offering, bala)
    tokens = [a_link("reconfirm", e.id, 2, e.reconfirmation.deadline) for e in (a, b)]

    page = await visitor.open(tokens[0])
    yes, no = await visitor.press(tokens[0], "reconfirm", json=False), await visitor.press(tokens[1], "decline")

    assert "do you still come" in page.text
    assert "you come at the new time" in yes.text
    assert no.json()["act"] == "decline"
    assert (await world.enrolment(a.id)).state == "confirmed"
    assert (await world.enrolment(b.id)).state == "withdrawn"
    assert (await world.offering(offering.id)).shares[PDY].held == 1


async def test_a_form_without_its_fields_is_refused():
    world = World()
    visitor = Visitor(world)

    answer = await visitor._http.post("/links", content=b"t=1", headers={"Accept": "application/json"})

    assert slug(answer) == (422, "invalid-request")
