"""Action links: base64url(JSON) "." base64url(Ed25519 signature over the first part), read with the public key."""

import base64
import binascii
import json
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from enrolment.domain.errors import LinkInvalid
from enrolment.domain.links import ACTS, LinkClaims

LIMIT = 1000


class SignedLinks:
    """`public_key` is base64url of the 32 raw bytes."""

    def __init__(self, public_key: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(_decode(public_key.rstrip("=")))

    def read(self, token: str) -> LinkClaims:
        """Raises LinkInvalid. What is signed is trusted, but not that it is one of ours in shape."""
        try:
            payload, signature = token[:LIMIT].split(".")
            self._key.verify(_decode(signature), payload.encode())
            said = json.loads(_decode(payload))
            purpose = next(purpose for purpose in ACTS if purpose == said["p"])
            expires = datetime.fromtimestamp(int(said["exp"]), UTC)
            return LinkClaims(purpose, UUID(said["id"]), int(said["v"]), expires)
        except (InvalidSignature, binascii.Error, KeyError, StopIteration, TypeError, ValueError) as error:
            raise LinkInvalid() from error


def _decode(text: str) -> bytes:
    if len(text) % 4 == 1 or not set(text) <= _LETTERS:
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


_LETTERS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
