"""What several routes share of the wire: bodies are never passed further in than the route."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", max_length=40)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
CampusCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Reason = Annotated[str, StringConstraints(max_length=500)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^(en|hi|ta)$")]
Titles = Annotated[dict[LanguageCode, Label], Field(min_length=1)]
Count = Annotated[int, Field(strict=True, ge=1, le=100_000)]


class Body(BaseModel):
    """What comes in: a field that nobody knows is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What goes out, from any object that has the fields."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, what: Any) -> Self:
        return cls.model_validate(what)
