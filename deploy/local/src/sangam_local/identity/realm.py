"""The Keycloak realm of a local Sangam: the committed realm, the local accounts, and where tokens come from."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sangam_local.identity.actors import LocalActor, actors
from sangam_local.identity.keys import TEST_ISSUER, local_jwks
from sangam_local.identity.private import passwords

HERE = Path(__file__).resolve().parents[5] / "deploy" / "identity"
FRONTEND_URL = "http://localhost:5173"
_ROUNDS = 210_000
_PROFILE_PROVIDER = "org.keycloak.userprofile.UserProfileProvider"


def base_url(ports: Mapping[str, int]) -> str:
    """Keycloak's own `--hostname`; the issuer in every token starts with it, whoever asks and by whatever name."""
    return f"http://127.0.0.1:{ports['identity']}"


def issuer(ports: Mapping[str, int]) -> str:
    return f"{base_url(ports)}/realms/sangam"


def issuers(ports: Mapping[str, int], home: Path) -> Sequence[Mapping[str, str]]:
    """The services' `TOKEN_ISSUERS`: Keycloak where it runs, and this home's test key set."""
    test = {"issuer": TEST_ISSUER, "jwks": str(local_jwks(home))}
    if "identity" not in ports:
        return [test]
    return [{"issuer": issuer(ports), "jwks": f"{issuer(ports)}/protocol/openid-connect/certs"}, test]


def realm(ports: Mapping[str, int], home: Path) -> Path:
    """Writes the realm to import, passwords included, for its owner only."""
    path = home / "run" / "sangam-realm.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    rendered = json.loads(realm_text(passwords(home)["users"], FRONTEND_URL))
    hashed = _hashed(passwords(home)["users"])
    for user in rendered["users"]:
        user["credentials"] = [hashed]
    path.write_text(json.dumps(rendered, ensure_ascii=False))
    return path


def _hashed(password: str) -> dict[str, str]:
    """The one password of all accounts, hashed once: Keycloak would hash it for each, which is half of the import."""
    salt = secrets.token_bytes(16)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    secret = {"value": base64.b64encode(digest).decode(), "salt": base64.b64encode(salt).decode()}
    return {
        "type": "password",
        "secretData": json.dumps(secret),
        "credentialData": json.dumps({"hashIterations": _ROUNDS, "algorithm": "pbkdf2-sha512"}),
    }


def realm_text(password: str, frontend_url: str) -> str:
    """The committed realm with the local accounts; both arguments may be placeholders that Keycloak fills on import."""
    text = (HERE / "realm.json").read_text()
    rendered: dict[str, Any] = json.loads(text.replace("${SANGAM_FRONTEND_URL}", frontend_url))
    frontend = next(client for client in rendered["clients"] if client["clientId"] == "sangam-frontend")
    frontend["directAccessGrantsEnabled"] = True  # only in these realms: scripts and tests sign in by password
    profile = json.dumps(json.loads((HERE / "user-profile.json").read_text()))
    rendered["components"] = {
        _PROFILE_PROVIDER: [{"providerId": "declarative-user-profile", "config": {"kc.user.profile.config": [profile]}}]
    }
    rendered["users"] = [_user(actor, password) for actor in actors()]
    return json.dumps(rendered, indent=2, ensure_ascii=False) + "\n"


def _user(actor: LocalActor, password: str) -> dict[str, Any]:
    return {
        "username": actor.username,
        "enabled": True,
        "attributes": {"campuses": list(actor.campuses)},
        "credentials": [{"type": "password", "value": password, "temporary": False}],
        "clientRoles": {"sangam": [actor.kind]},
    }
