"""The real identity provider: a person signs in there and does something here."""

import httpx
import pytest

from sangam_local import identity
from sangam_local.identity.keycloak import password_grant
from sangam_local.system import System


@pytest.mark.rule("X1", "P-03")
async def test_a_campus_admin_signed_in_at_keycloak_sees_their_campus_and_no_other(system: System) -> None:
    urls = system.urls()
    password = identity.passwords(system.home.root)["users"]
    token = await password_grant(urls["identity"], "campus_admin.karaikal", password)

    async with httpx.AsyncClient(base_url=urls["gateway"], headers={"authorization": f"Bearer {token}"}) as http:
        rooms = await http.get("/scheduling/v1/rooms", params={"limit": 200})
        people = await http.get("/enrolment/v1/people", params={"limit": 200})

    assert (rooms.status_code, people.status_code) == (200, 200), (rooms.text, people.text)
    assert {room["campus"] for room in rooms.json()["items"]} == {"karaikal"}
    assert {person["campus"] for person in people.json()["items"]} == {"karaikal"}


@pytest.mark.rule("X1")
async def test_a_wrong_password_gets_no_token(system: System) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        await password_grant(system.urls()["identity"], "campus_admin.karaikal", "guess")
