"""The secrets of one local home, made once and readable by its owner only; nothing here is ever committed."""

import base64
import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def kept(path: Path, make: Callable[[], str]) -> str:
    """The file's text; made by `make` if there is none. Whoever links first wins, so that two starts agree."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()


def passwords(home: Path, *, admin: str | None = None) -> Mapping[str, str]:
    """`admin`: Keycloak's administrator, as its database has it; `users`: the one password of all local accounts."""
    made: Mapping[str, str] = json.loads(
        kept(
            home / "run" / "passwords.json",
            lambda: json.dumps({"admin": admin or secrets.token_urlsafe(18), "users": secrets.token_urlsafe(12)}),
        )
    )
    return made


def link_keys(home: Path) -> Mapping[str, str]:
    """`LINK_PRIVATE_KEY` and `LINK_PUBLIC_KEY`: the Ed25519 pair of action links, 32 raw bytes in base64url each."""
    made: Mapping[str, str] = json.loads(kept(home / "run" / "link-keys.json", _new_link_keys))
    return made


def erasure_key(home: Path) -> str:
    """The secret of the fingerprints of erased people; as old as the database beside it."""
    return kept(home / "run" / "erasure-key", lambda: secrets.token_urlsafe(32))


def _new_link_keys() -> str:
    private = Ed25519PrivateKey.generate()
    raw = {
        "LINK_PRIVATE_KEY": private.private_bytes_raw(),
        "LINK_PUBLIC_KEY": private.public_key().public_bytes_raw(),
    }
    return json.dumps({name: base64.urlsafe_b64encode(value).decode() for name, value in raw.items()})
