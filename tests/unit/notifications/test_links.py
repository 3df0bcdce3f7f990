"""Action links, verified as their owner does: with the public key and nothing of ours."""

import base64
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from notifications.adapters.links import Ed25519Signer
from notifications.domain.links import Claims

from .world import KEY


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_link_says_what_it_is_for_and_is_signed() -> None:
    claims = Claims("offer", uuid4(), 3, datetime(2026, 3, 3, 4, tzinfo=UTC))
    public = Ed25519PrivateKey.from_private_bytes(_bytes(KEY)).public_key()

    token = Ed25519Signer(KEY).sign(claims)

    payload, _, signature = token.partition(".")
    public.verify(_bytes(signature), payload.encode())
    assert json.loads(_bytes(payload)) == {"p": "offer", "id": str(claims.enrolment_id), "v": 3, "exp": 1772510400}


def test_the_same_claims_make_the_same_link() -> None:
    claims = Claims("reconfirm", uuid4(), 2, datetime(2026, 3, 3, tzinfo=UTC))

    assert Ed25519Signer(KEY).sign(claims) == Ed25519Signer(KEY).sign(claims)


@pytest.mark.parametrize("key", ["", "short", "A" * 60])
def test_a_key_of_another_length_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ValueError, match=r"32 bytes|padding|base64"):
        Ed25519Signer(key)
