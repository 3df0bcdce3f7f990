"""Which tokens are taken."""

import time
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from common.auth import TokenRefused
from tests.support.tokens import a_token, verifier


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
