"""The recipe files of a station. They may be changed while it runs; coils that begin later have the new limits."""

from __future__ import annotations

import stat
import threading
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from skelp.domain.coilmap import Coil
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.domain.recipe_book import RecipeBook
from skelp.domain.rule_checks import refuse_empty_keys
from skelp.ports import RecipeError, RecipeFile, text_sha256
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
    """Satisfies ports.Recipes. `default` None: the recipe that skelp has without a file. `others`: recipes of single products or customers.

    `fits` raises SkelpError for a recipe that the station's model cannot be used with. Raises SkelpError that names every key at fault.
    """

    def __init__(self, default: Path | None, others: Sequence[Path] = (), fits: Callable[[Recipe], object] = lambda _: None) -> None:
        self._lock, self._fits = threading.Lock(), fits
        self._held = [_read(default) if default else _Held(Recipe(), None, ""), *map(_read, others)]
        for held in self._held:
            fits(held.recipe)
        self._book = RecipeBook(self._held[0].recipe, tuple(h.recipe for h in self._held[1:]))
        self._longest_bridge_mm = self._book.line.bridge_mm
        self._known = {recipe.sha256: recipe for recipe in self._book.all}

    @property
    def book(self) -> RecipeBook:
        """The recipes as they are now."""
        return self._book

    def all(self) -> list[RecipeFile]:
        with self._lock:
            return [self._file(h) for h in self._held]

    def of(self, product: str, customer: str = "") -> Recipe:
        return self._book.of(product, customer)

    def inspecting(self, coil: Coil) -> Recipe:
        """The recipe by which a coil of this station is inspected: the one that it began with, also if that was replaced since."""
        return self._known[coil.recipe_sha256]

    def named(self, name: str) -> Recipe:
        return self._named(name).recipe

    def parsed(self, toml: str) -> Recipe:
        try:
            recipe = _parsed(toml, "the recipe")
            self._fits(recipe)
        except SkelpError as error:
            raise RecipeError(str(error), error.reason) from error
        return recipe

    def save(self, name: str, toml: str, instead_of: str) -> RecipeFile:
        """Write a recipe's file, and use it for coils that begin from now on."""
        recipe = self.parsed(toml)
        with self._lock:
            held = self._named(name)
            if held.file is None:
                raise SkelpError(f"recipe {name} has no file; name one in the station file (recipe = ...), and start the station again")
            file = held.file.resolve()  # a link stays a link
            if text_sha256(held.toml) != instead_of or read_text(file, _WHAT, _HINT) != held.toml:
                raise ConflictError(Conflict.RECIPE_CHANGED, f"recipe {name} was changed meanwhile, here or in {file}; read it again")
            book = self._with(held, recipe)
            with whole_file(file, stat.S_IMODE(file.stat().st_mode), "the recipe stays as it was") as draft:
                draft.write_text(toml, encoding="utf-8")
            new = _Held(recipe, held.file, toml)
            self._known = {**self._known, recipe.sha256: recipe}
            self._held[self._held.index(held)], self._book = new, book
            return self._file(new)

    def _with(self, held: _Held, recipe: Recipe) -> RecipeBook:
        """The book with a recipe in the place of one. Raises RecipeError if the running line cannot take it."""
        if recipe.name != held.recipe.name:
            raise RecipeError(f"the recipe is named {recipe.name}, and recipe {held.recipe.name} is to be replaced; keep its name")
        if recipe.screen != held.recipe.screen or recipe.bridge_mm > self._longest_bridge_mm:
            raise RecipeError(
                f"the line was started for screen = {[side.value for side in held.recipe.screen]} and a bridge_mm of at most "
                f"{self._longest_bridge_mm:g}, which cannot change while it runs; edit {held.file} and start the station again"
            )
        try:
            return self._book.with_one(recipe)
        except SkelpError as error:
            raise RecipeError(str(error)) from error

    def _named(self, name: str) -> _Held:
        found = [h for h in self._held if h.recipe.name == name]
        if not found:
            raise LookupError(f"there is no recipe {name}; there are {', '.join(h.recipe.name for h in self._held)}")
        return found[0]

    def _file(self, held: _Held) -> RecipeFile:
        return RecipeFile(held.recipe, held.toml, held is self._held[0])


def _read(file: Path) -> _Held:
    toml = read_text(file, _WHAT, _HINT)
    return _Held(_parsed(toml, str(file)), file, toml)


def _parsed(toml: str, where: str) -> Recipe:
    try:
        body = tomllib.loads(toml)
    except (ValueError, RecursionError) as error:  # a number of very many digits, tables in tables in tables
        raise SkelpError(f"{where} is not TOML: {error}") from error
    refuse_empty_keys(body, where)
    recipe = validated(Recipe, body, where)
    recipe.check_rules()
    return recipe
