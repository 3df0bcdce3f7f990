"""The ledger over HTTP: who sees which notices, and what it says of each."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from notifications.api.app import create_app
from notifications.application import incoming as f
from tests.support.tokens import a_token, verifier

from . import facts
from .facts import Place, a_person
from .world import World


async def ready() -> str | None:
    return None


class Office:
    """Two people of two campuses in one offering of Puducherry, one of Yanam in an offering of Yanam; all told."""

    def __init__(self, folder: Path) -> None:
        self.world = World()
        self.here, self.karaikal, self.yanam = a_person(), a_person(campus="karaikal"), a_person(campus="yanam")
        self.offering, self.other = uuid4(), uuid4()
        object.__setattr__(self.world.service, "verifier", verifier(folder))
        self.http = TestClient(create_app(self.world.service, ready))

    async def open(self) -> "Office":
        await self.world.prepared(self.here, self.karaikal, self.yanam, offering=self.offering)
        await self.world.told(facts.a_campus("yanam"), facts.a_draft(self.other, owner_campus="yanam"))
        for person, offering in ((self.here, self.offering), (self.karaikal, self.offering), (self.yanam, self.other)):
            await self.world.told(Place(offering, person.person_id).told(f.EnrolmentWaitlisted))
        await self.world.send()
        return self

    def get(self, path: str, *, kinds: list[str], campuses: list[str] | None = None, person: Any = None, **query: Any):
        token = a_token(person_id=str(person) if person else None, campuses=campuses or [], kinds=kinds)
        return self.http.get(f"/notifications/v1{path}", params=query, headers={"authorization": f"Bearer {token}"})

    def seen(self, **who: Any) -> set[str]:
        return {item["person_id"] for item in self.get("/notices", **who).json()["items"]}

    def ids(self, *people: f.PersonRecorded) -> set[str]:
        return {str(person.person_id) for person in people}


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    return await Office(tmp_path).open()


@pytest.mark.rule("P-03", "C1")
async def test_each_sees_their_own_part_of_the_ledger(office: Office) -> None:
    o = office
    everybody = o.ids(o.here, o.karaikal, o.yanam)

    assert o.seen(kinds=["institute_coordinator"]) == everybody
    assert o.seen(kinds=["operator"]) == everybody
    assert o.seen(kinds=["trainee"], person=o.here.person_id) == o.ids(o.here)
    assert o.seen(kinds=["campus_admin"], campuses=["puducherry"]) == o.ids(o.here, o.karaikal)
    assert o.seen(kinds=["campus_admin"], campuses=["karaikal"]) == o.ids(o.karaikal)
    assert o.seen(kinds=["trainee"], campuses=["puducherry"], person=uuid4()) == set()
    assert o.seen(kinds=[]) == set()


@pytest.mark.rule("P-03", "C1")
async def test_what_one_may_not_know_of_is_not_found(office: Office) -> None:
    [notice] = office.get("/notices", kinds=["operator"], person_id=office.yanam.person_id).json()["items"]
    path = f"/notices/{notice['id']}"

    assert office.get(path, kinds=["campus_admin"], campuses=["yanam"]).json() == notice
    for campus in ("puducherry", "karaikal"):
        assert office.get(path, kinds=["campus_admin"], campuses=[campus]).status_code == 404
    assert office.get(path, kinds=["trainee"], person=office.here.person_id).status_code == 404
    assert office.get(f"/notices/{uuid4()}", kinds=["operator"]).json()["type"] == "/problems/not-found"


@pytest.mark.rule("O-01")
async def test_a_notice_says_what_became_of_it_and_nothing_personal(office: Office) -> None:
    answer = office.get("/notices", kinds=["operator"], offering_id=office.offering, purpose="waitlisted", state="sent")

    items = answer.json()["items"]
    assert len(items) == 2
    for item in items:
        [delivery] = item["deliveries"]
        assert (delivery["channel"], delivery["state"], delivery["attempts"]) == ("email", "sent", 1)
        assert delivery["provider_reference"].startswith(f"<{item['id']}.email@")
        assert item["revision"].startswith("enrolment-events:")
        assert len(item["trace_id"]) == 32
    for personal in ("Meena", "@example.org", "+9194"):
        assert personal not in answer.text


async def test_pages_follow_one_another_and_end(office: Office) -> None:
    found, after = [], None
    for _ in range(5):
        query: dict[str, Any] = {"after": after} if after else {}
        page = office.get("/notices", kinds=["operator"], limit=1, **query).json()
        found += [item["id"] for item in page["items"]]
        if (after := page["next"]) is None:
            break

    assert len(found) == len(set(found)) == 3


async def test_counts_are_of_what_the_caller_sees(office: Office) -> None:
    everything = office.get("/notices/counts", kinds=["operator"], offering_id=office.offering).json()
    part = office.get("/notices/counts", kinds=["campus_admin"], campuses=["karaikal"], offering_id=office.offering)

    assert everything == {"items": [{"purpose": "waitlisted", "states": {"sent": 2}}]}
    assert part.json() == {"items": [{"purpose": "waitlisted", "states": {"sent": 1}}]}


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"person_id": "x"}, {"purpose": "x" * 200}])
async def test_a_query_that_means_nothing_is_refused(office: Office, query: dict[str, Any]) -> None:
    answer = office.get("/notices", kinds=["operator"], **query)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.rule("X1")
async def test_without_a_token_nothing_is_said(office: Office) -> None:
    assert office.http.get("/notifications/v1/notices").status_code == 401
    assert office.http.get("/notifications/v1/templates").status_code == 401


async def test_staff_see_templates_and_trainees_do_not(office: Office) -> None:
    listed = office.get("/templates", kinds=["planner"]).json()["items"]
    assert {"purpose": "offered", "languages": ["en", "hi", "ta"], "channels": ["email", "sms"]} in listed

    preview = office.get("/templates/offered/ta/preview", kinds=["campus_admin"], campuses=["yanam"]).json()
    assert (preview["encoding"], preview["segments"] > 0) == ("UCS-2", True)

    assert office.get("/templates", kinds=["trainee"], person=uuid4()).status_code == 404
    assert office.get("/templates/unheard/ta/preview", kinds=["planner"]).status_code == 404


@pytest.mark.rule("O-01", "P-03")
async def test_a_campus_sees_what_was_not_sent_and_why(office: Office) -> None:
    nowhere = a_person(email=None, phone=None)
    await office.world.told(nowhere)
    await office.world.told(Place(office.offering, nowhere.person_id).told(f.EnrolmentWaitlisted))
    await office.world.send()

    own = office.get("/notices", kinds=["campus_admin"], campuses=["puducherry"], person_id=nowhere.person_id)
    other = office.get("/notices", kinds=["campus_admin"], campuses=["yanam"], person_id=nowhere.person_id)

    assert [(item["state"], item["reason"]) for item in own.json()["items"]] == [("dropped", "no-address")]
    assert other.json()["items"] == []
