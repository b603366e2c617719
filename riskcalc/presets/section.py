"""A table of a preset: reads its keys, and is valid only if its record of the domain is."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator


class Section(BaseModel):
    """A table of the file; valid only if its record is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def record(self) -> object:
        """Return the record of the domain that the table describes."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _record_is_valid(self) -> Self:
        self.record()
        return self

    def given(self, *keys: str) -> dict[str, Any]:
        """Return the keys that are set, so that the domain says each default once."""
        return {key: value for key in keys if (value := getattr(self, key)) is not None}
