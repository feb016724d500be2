"""The recipes of a station, and how one is changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe


class RecipeError(SkelpError):
    """A text is no recipe that the station can use; the message says why."""


@dataclass(frozen=True, slots=True)
class RecipeFile:
    """A recipe with the text of its file, which is empty for the recipe that skelp has without a file."""

    recipe: Recipe
    toml: str
    is_default: bool


def text_sha256(toml: str) -> str:
    """Names a state of a recipe's text, with its comments. The hash of the recipe itself has its values only."""
    return hashlib.sha256(toml.encode()).hexdigest()


class Recipes(Protocol):
    """The recipes of a station. Any thread may call it.

    `parsed` and `save` raise RecipeError. `save` also raises ConflictError if the text of the recipe's file is no longer `instead_of`, a
    SHA-256, and SkelpError if the file cannot be written. `named` and `save` raise LookupError if there is none of this name.
    """

    def all(self) -> list[RecipeFile]: ...
    def of(self, product: str, customer: str = "") -> Recipe: ...
    def named(self, name: str) -> Recipe: ...
    def parsed(self, toml: str) -> Recipe: ...
    def save(self, name: str, toml: str, instead_of: str) -> RecipeFile: ...
