"""Who was erased is known by fingerprints only (P-01): asked before anybody is recorded."""

from collections.abc import Iterable

from enrolment.application.ports import EnrolmentTransaction
from enrolment.domain.erasure import Fingerprint, Identity

Named = tuple[Identity, str]


async def forget(named: Iterable[Named], tx: EnrolmentTransaction) -> None:
    """From now on these are refused; who they were cannot be told from what is kept."""
    ids = [tx.prints.of(kind, text) for kind, text in named]
    known = await tx.fingerprints.get_many(ids)
    for id in ids:
        if id not in known:
            tx.fingerprints.save(Fingerprint(id=id))


async def erased(named: Iterable[Named], tx: EnrolmentTransaction) -> set[Named]:
    """Those that are somebody's who was erased; one read for as many as there are."""
    ids = {tx.prints.of(kind, text): (kind, text) for kind, text in named if text}
    return {ids[id] for id in await tx.fingerprints.get_many(ids)}
