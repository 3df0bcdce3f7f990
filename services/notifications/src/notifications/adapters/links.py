"""Signing action links: base64url(payload) "." base64url(Ed25519 signature over that first part) (RFC 8032)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from notifications.domain.links import Claims


class Ed25519Signer:
    """`private_key` is the raw 32 bytes in base64url. Raises ValueError for anything else."""

    def __init__(self, private_key: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(_decoded(private_key))

    def sign(self, claims: Claims) -> str:
        """The same claims always make the same token."""
        payload = _encoded(json.dumps(claims.payload(), separators=(",", ":")).encode())
        return f"{payload}.{_encoded(self._key.sign(payload.encode()))}"


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
