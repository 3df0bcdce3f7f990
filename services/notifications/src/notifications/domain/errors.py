"""Every refusal of this service."""

from common.problem import Conflict, Invalid, NotFound


class UnknownTemplate(NotFound):
    """There is no template for this purpose and language."""


class NotATemplateReader(NotFound):
    """Templates are shown to staff only."""


class UnsafeHeader(Invalid):
    """A line break would have become part of a message's header."""


class TooManySegments(Conflict):
    """The text needs more SMS segments than its purpose may cost."""
