"""Gazetted holidays from the `holidays` library: public ones close a campus, optional ones are restricted holidays."""

import asyncio
from collections.abc import Iterable, Sequence

from holidays import country_holidays

from scheduling.domain.calendar import Holiday, Kind
from scheduling.domain.campus import Region
from scheduling.domain.errors import UnknownRegion

_KINDS: dict[str, Kind] = {"public": "closed", "optional": "restricted"}


class LibraryGazette:
    async def holidays(self, region: Region, years: Iterable[int]) -> tuple[Holiday, ...]:
        """Beside the event loop: a country's first year takes the library up to a second. Raises UnknownRegion."""
        return await asyncio.to_thread(gazetted, region, tuple(years))


def gazetted(region: Region, years: Sequence[int]) -> tuple[Holiday, ...]:
    """With English names. Raises UnknownRegion."""
    subdivision = region.subdivision or None
    try:
        known = country_holidays(region.country, subdiv=subdivision)
        language = "en_US" if "en_US" in known.supported_languages else None
        found = [
            Holiday(day, name, kind)
            for category, kind in _KINDS.items()
            if category in known.supported_categories
            for day, name in country_holidays(
                region.country, subdiv=subdivision, years=years, categories=(category,), language=language
            ).items()
        ]
    except NotImplementedError as error:
        raise UnknownRegion(country=region.country, subdivision=region.subdivision) from error
    return tuple(sorted(found))
