"""Verifying bearer tokens: signature by the issuer's published keys, issuer, audience, expiry. Real time only."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from common.settings import Issuer

ALGORITHMS = ["RS256", "ES256", "Ed25519"]
LEEWAY_S = 30
FRESH_S = 300.0
AGAIN_S = 5.0


class TokenRefused(Exception):
    """Says why, for a log; the caller only learns that the token is not valid here."""


@dataclass(frozen=True, slots=True)
class Verified:
    subject: str
    claims: Mapping[str, Any]


class Verifier:
    """Keys are fetched when first needed, then every five minutes, and at once for an unknown key id (RFC 7517)."""

    def __init__(self, issuers: Sequence[Issuer], audience: str) -> None:
        self._issuers = {issuer.issuer: _Keys(issuer) for issuer in issuers}
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def verify(self, token: str) -> Verified:
        """Raises TokenRefused."""
        try:
            signed = jws.extract_compact(token.encode())
            claims = json.loads(signed.payload)
            keys, kid = self._issuers[claims["iss"]], signed.headers().get("kid")
            if not isinstance(kid, str | None):
                raise TokenRefused("a key id that is no text")
        except (JoseError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise TokenRefused("no issuer that we know") from error
        key_set = await keys.having(kid)
        try:
            if not jws.validate_compact(signed, key_set, ALGORITHMS):
                raise TokenRefused("not signed by its issuer")
            self._claims.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise TokenRefused(type(error).__name__) from error
        return Verified(str(claims["sub"]), claims)


class _Keys:
    def __init__(self, issuer: Issuer) -> None:
        self._where = issuer.jwks
        self._keys: KeySet | None = None
        self._kids: set[str | None] = set()
        self._read_at = -FRESH_S
        self._lock = asyncio.Lock()

    async def having(self, kid: str | None) -> KeySet:
        age = time.monotonic() - self._read_at
        if self._keys is None or age > FRESH_S or (kid not in self._kids and age > AGAIN_S):
            async with self._lock:
                if time.monotonic() - self._read_at > AGAIN_S or self._keys is None:
                    await self._read()
        if self._keys is None:
            raise TokenRefused("the issuer's keys cannot be read")
        return self._keys

    async def _read(self) -> None:
        """Old keys stay in use while the issuer is away."""
        try:
            if self._where.startswith(("http://", "https://")):
                async with httpx.AsyncClient(timeout=3) as http:
                    found = (await http.get(self._where)).raise_for_status().json()
            else:
                found = json.loads(await asyncio.to_thread(Path(self._where).read_text))
            keys = [key for key in found["keys"] if key.get("use", "sig") == "sig"]
            self._keys = KeySet.import_key_set({"keys": keys})
            self._kids = {key.get("kid") for key in keys}
        except (httpx.HTTPError, OSError, ValueError, KeyError, JoseError):
            if self._keys is None:
                return
        self._read_at = time.monotonic()
