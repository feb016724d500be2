"""The recipes of a station, and how one is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from skelp.domain.recipe import Recipe


@dataclass(frozen=True, slots=True)
class RecipeFile:
    """A recipe with the text of its file. `file` is empty, as `toml`, for the recipe that skelp has without a file."""

    recipe: Recipe
    toml: str
    file: str
    is_default: bool


class Recipes(Protocol):
    """The recipes of a station. Any thread may call it.

    `parsed` and `save` raise SkelpError if a text is no recipe that the station can use; `save` also raises ConflictError if the recipe is
    no longer `instead_of`, a SHA-256. `named` raises LookupError.
    """

    def all(self) -> list[RecipeFile]: ...
    def of(self, product: str) -> Recipe: ...
    def named(self, name: str) -> Recipe: ...
    def parsed(self, toml: str) -> Recipe: ...
    def save(self, name: str, toml: str, instead_of: str) -> RecipeFile: ...
