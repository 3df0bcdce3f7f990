"""Tokens as an issuer of the tests' own would sign them."""

import json
import time
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey

from common.auth import Verifier
from common.settings import Issuer

ISSUER = "https://issuer.test"
KEY = OKPKey.generate_key("Ed25519", {"kid": "test", "use": "sig"})


def verifier(folder: Path) -> Verifier:
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    return Verifier([Issuer(issuer=ISSUER, jwks=str(jwks))], "sangam")


def a_token(*, key: OKPKey = KEY, **claims: Any) -> str:
    now = int(time.time())
    said = {"iss": ISSUER, "aud": "sangam", "sub": "somebody", "iat": now, "exp": now + 600, **claims}
    said = {name: value for name, value in said.items() if value is not None}
    return jwt.encode({"alg": "Ed25519", "kid": "test"}, said, key, algorithms=["Ed25519"])
