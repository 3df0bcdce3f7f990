"""Seeds and plays on one running home: joins its addresses, keys and clock with the institute and the story."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from sangam_local import identity
from sangam_local.client import Gateway, gateway
from sangam_local.home import Home
from sangam_local.institute import Institute, reference_institute
from sangam_local.seed import Say, Seeded, seed
from sangam_local.story import StoryReport, play
from sangam_local.story.clock import HomeClock
from sangam_local.story.play import OnStep, Tell


async def bring_in(home: Home, urls: Mapping[str, str], say: Say = lambda _: None) -> Seeded:
    """The reference institute, through the gateway; harmless when it is there already."""
    async with gateway(urls["gateway"]) as door:
        return await _seeded(home, door, say)


async def show(
    home: Home,
    urls: Mapping[str, str],
    *,
    number: int | None = None,
    patience: float = 60.0,
    on_step: OnStep | None = None,
    tell: Tell = lambda _: None,
) -> StoryReport:
    """The story on a fresh offering; the same `number` chooses alike. Raises StoryFault with a clear sentence."""
    async with gateway(urls["gateway"], patience=patience) as door:
        return await play(
            institute=_institute(),
            seeded=await _seeded(home, door),
            door=door,
            mailbox=urls["mailbox"],
            sms=urls["sms"],
            clock=HomeClock(home),
            sign=partial(_sign, home),
            seed=number if number is not None else int(datetime.now(UTC).timestamp()),
            patience=patience,
            on_step=on_step,
            tell=tell,
        )


async def directory(home: Home, door: Gateway) -> tuple[Institute, Seeded]:
    """The institute, and Sangam's ids of its people and courses."""
    return _institute(), await _seeded(home, door)


async def _seeded(home: Home, door: Gateway, say: Say = lambda _: None) -> Seeded:
    """Only to read and write the directory: the coordinator's person is not known before the first seed."""
    coordinator = identity.sign(
        home.root, campuses=identity.CAMPUSES, kinds=["institute_coordinator"], subject="test:institute_coordinator"
    )
    return await seed(door, coordinator, _institute(), say)


def _institute() -> Institute:
    """Own days are those of the real year and the next, however far the domain clock has gone."""
    return reference_institute(datetime.now(UTC).year)


def _sign(home: Home, *, person_id: str, campuses: Sequence[str], kinds: Sequence[str]) -> str:
    return identity.sign(home.root, person_id=person_id, campuses=campuses, kinds=kinds)
