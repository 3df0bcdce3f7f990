"""What enrolment is told by its environment."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from common.settings import Settings


class EnrolmentSettings(Settings):
    """`link_public_key` is base64url of the raw Ed25519 key with which notifications' links are verified;
    `erasure_key` a secret of 32 characters or more, by which fingerprints of erased people are made."""

    model_config = SettingsConfigDict(env_prefix="ENROLMENT_")

    link_public_key: str
    erasure_key: Annotated[str, Field(min_length=32)]
