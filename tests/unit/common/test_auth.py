"""Which tokens are taken."""

import time
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from common.auth import TokenRefused
from tests.support.tokens import a_token, verifier


def with_payload(payload: bytes) -> str:
    header, _, signature = a_token().split(".")
    return ".".join((header, _text(payload), signature))


def with_header(header: bytes) -> str:
    _, payload, signature = a_token().split(".")
    return ".".join((_text(header), payload, signature))


def _text(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


@pytest.mark.rule("X1")
async def test_a_token_of_a_known_issuer_tells_who_asks(tmp_path: Path) -> None:
    found = await verifier(tmp_path).verify(a_token(sub="anbu", campuses=["karaikal"]))

    assert (found.subject, found.claims["campuses"]) == ("anbu", ["karaikal"])


@pytest.mark.rule("X1")
@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "…",
        a_token(iss="https://elsewhere.test"),
        a_token(iss=None),
        a_token(aud="other"),
        a_token(aud=None),
        a_token(exp=int(time.time()) - 60),
        a_token(exp=None),
        a_token(sub=None),
        a_token(key=OKPKey.generate_key("Ed25519", {"kid": "test"})),
        a_token()[:-4] + "AAAA",
        "eyJhbGciOiJub25lIn0." + a_token().split(".")[1] + ".",
        a_token().replace(".", ".A", 1),
        with_payload(b"[" * 5_000),
        with_payload(b'["iss"]'),
        with_payload(b"\xff"),
        with_header(b'["alg"]'),
        with_header(b'{"alg": "Ed25519", "kid": []}'),
        with_header(b'{"alg": "Ed25519", "kid": 7}'),
        with_header(b"{}"),
    ],
)
async def test_any_other_token_is_refused(tmp_path: Path, token: str) -> None:
    with pytest.raises(TokenRefused):
        await verifier(tmp_path).verify(token)


async def test_keys_that_cannot_be_read_refuse_instead_of_letting_in(tmp_path: Path) -> None:
    refusing = verifier(tmp_path)
    (tmp_path / "jwks.json").unlink()

    with pytest.raises(TokenRefused):
        await refusing.verify(a_token())
