"""What scheduling is told by its environment."""

from pydantic_settings import SettingsConfigDict

from common.settings import Settings


class SchedulingSettings(Settings):
    model_config = SettingsConfigDict(env_prefix="SCHEDULING_")
