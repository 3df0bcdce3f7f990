"""Why a command or an event was refused: six kinds, each subclass a slug. Renders nothing."""

import re
from typing import Any, ClassVar


class Problem(Exception):
    """A refusal. The docstring of the subclass is its title; keyword arguments become members of the answer."""

    slug: ClassVar[str] = "problem"

    def __init_subclass__(cls) -> None:
        cls.slug = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()

    def __init__(self, **members: Any) -> None:
        super().__init__(self.slug, members)
        self.members = members


class NotFound(Problem):
    """There is no such thing, or you may not know of it."""


class Conflict(Problem):
    """The present state does not allow this."""


class Stale(Problem):
    """It changed since you read it."""


class Forbidden(Problem):
    """You may see this but not do that."""


class Invalid(Problem):
    """The request cannot mean anything."""


class Unavailable(Problem):
    """Something we depend on is away; try again."""
