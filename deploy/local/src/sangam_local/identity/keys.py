"""A key set of this home, trusted in the profiles local and test only, and tokens signed with it."""

import json
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

from sangam_local.identity.actors import actors
from sangam_local.identity.private import kept

AUDIENCE = "sangam"
TEST_ISSUER = "https://local.sangam.test"


def local_jwks(home: Path) -> Path:
    """The public half, as the gateway and the services read it."""
    key = _key(home)
    path = home / "run" / "test-jwks.json"
    kept(path, lambda: json.dumps({"keys": [key.as_dict(private=False)]}))
    return path


def sign(
    home: Path,
    *,
    person_id: UUID | str | None = None,
    campuses: Iterable[str] = (),
    kinds: Iterable[str] = (),
    subject: str | None = None,
    ttl: timedelta = timedelta(hours=8),
    issuer: str = TEST_ISSUER,
    audience: str = AUDIENCE,
) -> str:
    """A token as Keycloak would give it to this person; by real time, since the domain clock does not move tokens."""
    key, now = _key(home), int(time.time())
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": subject or str(person_id or uuid4()),
        "iat": now,
        "exp": now + int(ttl.total_seconds()),
        "campuses": list(campuses),
        "kinds": list(kinds),
    }
    if person_id is not None:
        claims["person_id"] = str(person_id)
    return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"])


def tokens(home: Path, persons: Mapping[str, UUID | str] | None = None) -> Mapping[str, str]:
    """One token per local account by its key, `campus_admin@karaikal`; `persons` says by username whose it is."""
    known = persons or {}
    return {
        actor.key: sign(
            home,
            person_id=known.get(actor.username),
            campuses=actor.campuses,
            kinds=(actor.kind,),
            subject=f"test:{actor.username}",
        )
        for actor in actors()
    }


def _key(home: Path) -> ECKey:
    text = kept(home / "run" / "test-key.json", _new_key)
    return ECKey.import_key(json.loads(text))


def _new_key() -> str:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True, auto_kid=True)
    return json.dumps(key.as_dict(private=True))
