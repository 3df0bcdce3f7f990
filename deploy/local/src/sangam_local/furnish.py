"""Makes a started system worth looking at: the reference institute, and accounts that belong to its people."""

import json
from collections.abc import Mapping
from pathlib import Path

from sangam_local import identity
from sangam_local.home import Home
from sangam_local.seed import Say, Seeded
from sangam_local.showing import bring_in
from sangam_local.system import System


async def furnish(system: System, say: Say = lambda _: None) -> Seeded:
    """Harmless when it was done before."""
    urls = system.urls()
    seeded = await bring_in(system.home, urls, say)
    if accounts(system.home) != seeded.accounts:
        await identity.bind(urls["identity"], identity.passwords(system.home.root)["admin"], seeded.accounts)
        _file(system.home).write_text(json.dumps(dict(seeded.accounts), indent=2))
    return seeded


def accounts(home: Home) -> Mapping[str, str]:
    """User name → person id, as far as the seed has told."""
    known: Mapping[str, str] = json.loads(_file(home).read_text()) if _file(home).exists() else {}
    return known


def tokens(home: Home) -> Mapping[str, str]:
    """A token for every kind of actor on every campus, for a working day."""
    return identity.tokens(home.root, accounts(home))


def _file(home: Home) -> Path:
    return home.run / "accounts.json"
