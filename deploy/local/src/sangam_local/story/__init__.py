"""The story that shows what Sangam is for, played through the gateway and checked from outside at every step."""

from sangam_local.story.fault import StoryFault
from sangam_local.story.play import TITLES, play
from sangam_local.story.report import StepReport, StoryReport

__all__ = ["TITLES", "StepReport", "StoryFault", "StoryReport", "play"]
