"""What a local script asks of the running Keycloak: a token by password, and which person an account belongs to."""

from collections.abc import Mapping
from uuid import UUID

import httpx


async def password_grant(
    url: str, username: str, password: str, *, realm: str = "sangam", client: str = "sangam-frontend"
) -> str:
    """An access token, as a person would get it. `url` is Keycloak's base, without `/realms`."""
    async with httpx.AsyncClient(base_url=url, timeout=10) as http:
        return await _token(http, username, password, realm, client)


async def bind(url: str, admin_password: str, persons: Mapping[str, UUID | str]) -> None:
    """Says by username whose accounts they are, once the seed knows; saying it again changes nothing.

    Raises LookupError for a username that the realm does not have.
    """
    async with httpx.AsyncClient(base_url=url, timeout=10) as http:
        token = await _token(http, "admin", admin_password, "master", "admin-cli")
        http.headers["Authorization"] = f"Bearer {token}"
        for username, person_id in persons.items():
            found = await http.get("/admin/realms/sangam/users", params={"username": username, "exact": "true"})
            users = found.raise_for_status().json()
            if not users:
                raise LookupError(f"the realm has no account {username}")
            user = users[0]
            user["attributes"] = {**user.get("attributes", {}), "person_id": [str(person_id)]}
            (await http.put(f"/admin/realms/sangam/users/{user['id']}", json=user)).raise_for_status()


async def _token(http: httpx.AsyncClient, username: str, password: str, realm: str, client: str) -> str:
    form = {"grant_type": "password", "client_id": client, "username": username, "password": password}
    answer = await http.post(f"/realms/{realm}/protocol/openid-connect/token", data=form)
    token: str = answer.raise_for_status().json()["access_token"]
    return token
