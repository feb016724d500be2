"""The recipe files of a station. They may be changed while it runs; coils that begin later have the new limits."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.domain.recipe_book import RecipeBook
from skelp.ports import RecipeFile
from skelp.validation import read_text, validated
from skelp.whole_file import whole_file

_WHAT, _HINT = "recipe file", "edge/recipes/ holds examples to copy"


@dataclass(frozen=True, slots=True)
class _Held:
    """A recipe, its file, and the file's text."""

    recipe: Recipe
    file: Path | None
    toml: str


class RecipeShelf:
    """Satisfies ports.Recipes. `default` None: the recipe that skelp has without a file. `others`: recipes of single products.

    `fits` raises SkelpError for a recipe that the station's model cannot be used with. Raises SkelpError that names every key at fault.
    """

    def __init__(self, default: Path | None, others: Sequence[Path] = (), fits: Callable[[Recipe], object] = lambda _: None) -> None:
        self._lock, self._fits = threading.Lock(), fits
        self._held = [_read(default) if default else _Held(Recipe(), None, ""), *map(_read, others)]
        for held in self._held:
            fits(held.recipe)
        self._book = RecipeBook(self._held[0].recipe, tuple(h.recipe for h in self._held[1:]))

    @property
    def book(self) -> RecipeBook:
        """The recipes as they are now."""
        return self._book

    def all(self) -> list[RecipeFile]:
        with self._lock:
            return [self._file(h) for h in self._held]

    def of(self, product: str) -> Recipe:
        return self._book.of(product)

    def named(self, name: str) -> Recipe:
        found = [r for r in self._book.all if r.name == name]
        if not found:
            raise LookupError(f"there is no recipe {name}; there are {', '.join(r.name for r in self._book.all)}")
        return found[0]

    def parsed(self, toml: str) -> Recipe:
        recipe = _parsed(toml, "the recipe")
        self._fits(recipe)
        return recipe

    def save(self, name: str, toml: str, instead_of: str) -> RecipeFile:
        """Write a recipe's file, and use it for coils that begin from now on.

        What belongs to the inspection cannot change while the line runs.
        """
        with self._lock:
            number, held = next(((n, h) for n, h in enumerate(self._held) if h.recipe.name == self.named(name).name))
            if held.file is None:
                raise SkelpError(f"recipe {name} has no file; name one in the station file (recipe = ...), and start the station again")
            if held.recipe.sha256 != instead_of:
                raise ConflictError(Conflict.RECIPE_CHANGED, f"recipe {name} was changed meanwhile; read it again, and repeat the change")
            recipe = self.parsed(toml)
            if recipe.name != name:
                raise SkelpError(f"the recipe is named {recipe.name}, and recipe {name} is to be replaced; keep its name")
            if other := held.recipe.inspects_otherwise(recipe):
                raise SkelpError(
                    f"{', '.join(other)} belong to the inspection, which cannot change while the line runs; edit {held.file} and start the "
                    "station again"
                )
            book = self._book.with_one(recipe)
            with whole_file(held.file, 0o644, "correct what stands in its way; the recipe stays as it was") as draft:
                draft.write_text(toml, encoding="utf-8")
            self._held[number], self._book = _Held(recipe, held.file, toml), book
            return self._file(self._held[number])

    def _file(self, held: _Held) -> RecipeFile:
        return RecipeFile(held.recipe, held.toml, str(held.file or ""), held is self._held[0])


def _read(file: Path) -> _Held:
    toml = read_text(file, _WHAT, _HINT)
    return _Held(_parsed(toml, str(file)), file, toml)


def _parsed(toml: str, where: str) -> Recipe:
    try:
        body = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise SkelpError(f"{where} is not TOML: {error}") from error
    return validated(Recipe, body, where)
