"""The test key set and the link keys of a home: made once, private, and accepted by the services' own verifier."""

import base64
import stat
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from common.auth import TokenRefused, Verifier
from common.settings import Issuer
from sangam_local import identity


def verifier(home: Path) -> Verifier:
    return Verifier([Issuer.model_validate(issuer) for issuer in identity.issuers({}, home)], identity.AUDIENCE)


async def test_a_signed_token_says_who_it_is(tmp_path: Path) -> None:
    person = uuid4()

    token = identity.sign(tmp_path, person_id=person, campuses=["yanam"], kinds=["planner", "facilitator"])

    verified = await verifier(tmp_path).verify(token)
    assert verified.subject == str(person)
    assert verified.claims["person_id"] == str(person)
    assert verified.claims["campuses"] == ["yanam"]
    assert verified.claims["kinds"] == ["planner", "facilitator"]


@pytest.mark.rule("X1")
async def test_another_homes_token_and_an_old_one_are_refused(tmp_path: Path) -> None:
    ours = verifier(tmp_path / "ours")

    for token in (identity.sign(tmp_path / "theirs"), identity.sign(tmp_path / "ours", ttl=timedelta(seconds=-60))):
        with pytest.raises(TokenRefused):
            await ours.verify(token)


async def test_there_is_a_token_for_every_kind_on_every_campus(tmp_path: Path) -> None:
    trainee = uuid4()

    tokens = identity.tokens(tmp_path, {"trainee.karaikal": trainee})

    assert {f"{kind}@{campus}" for kind in identity.KINDS for campus in identity.CAMPUSES} <= set(tokens)
    check = verifier(tmp_path)
    admin = (await check.verify(tokens["campus_admin@karaikal"])).claims
    assert (admin["kinds"], admin["campuses"], "person_id" in admin) == (["campus_admin"], ["karaikal"], False)
    coordinator = (await check.verify(tokens["institute_coordinator"])).claims
    assert set(coordinator["campuses"]) == set(identity.CAMPUSES)
    assert (await check.verify(tokens["trainee@karaikal"])).claims["person_id"] == str(trainee)


def test_the_link_keys_are_a_pair_that_a_second_start_finds_again(tmp_path: Path) -> None:
    keys = identity.link_keys(tmp_path)

    private = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(keys["LINK_PRIVATE_KEY"]))
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(keys["LINK_PUBLIC_KEY"]))
    public.verify(private.sign(b"a link"), b"a link")
    assert identity.link_keys(tmp_path) == keys


def test_only_the_owner_reads_secrets(tmp_path: Path) -> None:
    identity.sign(tmp_path)
    identity.link_keys(tmp_path)
    identity.realm({}, tmp_path)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "run").iterdir()}

    assert set(modes) == {"test-key.json", "link-keys.json", "passwords.json", "sangam-realm.json"}
    assert set(modes.values()) == {0o600}
