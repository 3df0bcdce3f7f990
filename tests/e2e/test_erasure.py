"""P-01: a canary is imported, enrolled, written to and erased through the gateway; then nothing of it is left."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient

from sangam_local import identity
from sangam_local.client import Acting, Gateway, gateway
from sangam_local.mailbox import Mailbox
from sangam_local.seed import Seeded
from sangam_local.showing import directory
from sangam_local.system import System
from tests.support.eventually import eventually
from tests.support.offering import open_workshop, without_a_place

HEADER = (
    "employee_id,name_latin,name_devanagari,name_tamil,campus,department,cadre,email,phone,languages,supervisor,deputy"
)


class Canary:
    """Somebody whose words are found wherever they are kept."""

    def __init__(self) -> None:
        mark = uuid4().hex[:8]
        self.employee_id, self.name = f"CAN{mark.upper()}", f"Canary {mark}"
        self.email, self.phone = f"canary.{mark}@staff.example", f"+9195{int(mark, 16) % 10**8:08d}"

    def file(self) -> str:
        row = (self.employee_id, self.name, "", "", "puducherry", "", "", self.email, self.phone, "en", "", "")
        return "\n".join([HEADER, ",".join(row)])

    def found_in(self, text: str) -> list[str]:
        return [word for word in (self.employee_id, self.name, self.email, self.phone) if word in text]


async def imported(acting: Acting, canary: Canary) -> dict[str, Any]:
    """What became of the one row."""
    started = await acting.post("/enrolment/v1/people/imports", csv=canary.file())

    async def done() -> bool:
        return bool((await acting.get(started.location)).body["state"] == "done")

    await eventually(done, timeout=60)
    [row] = (await acting.get(f"{started.location}/rows")).body["items"]
    return dict(row)


def trainee(system: System, door: Gateway, person_id: str) -> Acting:
    token = identity.sign(system.home.root, person_id=person_id, campuses=["puducherry"], kinds=["trainee"])
    return door.acting(token)


def kept(system: System, canary: Canary) -> dict[str, list[str]]:
    """Collections of any database that hold a word of the canary, and which words."""
    found = {}
    with MongoClient[dict[str, Any]](system.mongo_url()) as client:
        for database in ("enrolment", "scheduling", "notifications"):
            for name in client[database].list_collection_names():
                if words := canary.found_in(str(list(client[database][name].find({})))):
                    found[f"{database}.{name}"] = words
    return found


async def enrolled(system: System, door: Gateway, seeded: Seeded, canary_id: str) -> tuple[str, str]:
    """An open workshop with the canary and somebody else in it: its id, and the other's address."""
    institute, _ = await directory(system.home, door)
    offering = await open_workshop(system.home, door, institute, seeded)
    other = (await without_a_place(system.home, door, institute, seeded))[0]
    for person_id in (canary_id, seeded.people[other.employee_id]):
        await trainee(system, door, person_id).post(f"/enrolment/v1/offerings/{offering}/enrolments")
    return offering, other.email


@pytest.mark.rule("P-01")
async def test_after_an_erasure_no_database_holds_the_canary_and_no_message_reaches_it(system: System) -> None:
    canary = Canary()
    async with (
        gateway(system.urls()["gateway"]) as door,
        httpx.AsyncClient(base_url=system.urls()["mailbox"], timeout=30) as http,
    ):
        mailbox = Mailbox(http)
        await mailbox.start_here()
        coordinator = door.acting(
            identity.sign(system.home.root, campuses=identity.CAMPUSES, kinds=["institute_coordinator"])
        )

        async def mails_to(address: str) -> int:
            return sum(address in mail.to for mail in await mailbox.messages())

        canary_id = str((await imported(coordinator, canary))["id"])
        _, seeded = await directory(system.home, door)
        offering, other = await enrolled(system, door, seeded, canary_id)
        await eventually(lambda: mails_to(canary.email), timeout=60)
        await eventually(lambda: mails_to(other), timeout=60)
        assert {"enrolment.people", "scheduling.people", "notifications.people"} <= kept(system, canary).keys()

        answer = await coordinator.post(f"/enrolment/v1/people/{canary_id}/erase", {"reason": "requested"})
        assert answer.status == 200
        await eventually(lambda: kept(system, canary) == {}, timeout=60)
        before, others = await mails_to(canary.email), await mails_to(other)

        admin = door.acting(identity.sign(system.home.root, campuses=["puducherry"], kinds=["campus_admin"]))
        await admin.edit(f"/enrolment/v1/offerings/{offering}", "cancel", {"reason": "no-room"})

        async def other_heard() -> bool:
            return await mails_to(other) > others

        await eventually(other_heard, timeout=60)
        assert await mails_to(canary.email) == before
        assert (await imported(coordinator, canary))["problem"] == "erased-person"
        assert kept(system, canary) == {}
