"""Identity of a local Sangam: the Keycloak realm, a test key set, the link keys, and tokens for every actor."""

from sangam_local.identity.actors import CAMPUSES, KINDS, LocalActor, actors
from sangam_local.identity.keycloak import bind, password_grant
from sangam_local.identity.keys import AUDIENCE, TEST_ISSUER, local_jwks, sign, tokens
from sangam_local.identity.private import erasure_key, link_keys, passwords
from sangam_local.identity.realm import base_url, issuer, issuers, realm, realm_text

__all__ = [
    "AUDIENCE",
    "CAMPUSES",
    "KINDS",
    "TEST_ISSUER",
    "LocalActor",
    "actors",
    "base_url",
    "bind",
    "erasure_key",
    "issuer",
    "issuers",
    "link_keys",
    "local_jwks",
    "password_grant",
    "passwords",
    "realm",
    "realm_text",
    "sign",
    "tokens",
]
