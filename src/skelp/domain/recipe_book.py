"""The recipes of a station: one for each product that has its own, and one for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe


@dataclass(frozen=True, slots=True)
class RecipeBook:
    """`default` is for products that no other recipe names. Raises SkelpError if the recipes do not fit together."""

    default: Recipe
    others: tuple[Recipe, ...] = ()

    def __post_init__(self) -> None:
        if wrong := list(self._faults()):
            raise SkelpError("; ".join(wrong))

    @property
    def all(self) -> tuple[Recipe, ...]:
        return (self.default, *self.others)

    def of(self, product: str) -> Recipe:
        """The recipe for a product: the one that names it, else the one with the longest pattern that fits, else the default."""
        fitting = [(p == product, len(p), r) for r in self.all for p in r.products if _fits(p, product)]
        return max(fitting, key=lambda found: found[:2])[2] if fitting else self.default

    def with_one(self, recipe: Recipe) -> RecipeBook:
        """The book with this recipe in the place of the one of its name."""
        changed = tuple(recipe if r.name == recipe.name else r for r in self.all)
        return replace(self, default=changed[0], others=changed[1:])

    def _faults(self) -> Iterator[str]:
        names = [r.name for r in self.all]
        yield from (f"two recipes are named {name}; give each its own name" for name in sorted({n for n in names if names.count(n) > 1}))
        by_pattern: dict[str, str] = {}
        for recipe in self.others:
            if not recipe.products:
                yield f'recipe {recipe.name} names no product, so no coil would have it; give it products, such as ["DC04"]'
            if differing := self.default.inspects_otherwise(recipe):
                yield (
                    f"recipe {recipe.name} differs from {self.default.name} in {', '.join(differing)}; these belong to the inspection, "
                    "which is the same for all coils of a station, so give them the same values"
                )
        for recipe in self.all:
            for pattern in recipe.products:
                other = by_pattern.setdefault(pattern, recipe.name)
                if other != recipe.name:
                    yield f"recipes {other} and {recipe.name} both name the product {pattern}; remove it from one"


def _fits(pattern: str, product: str) -> bool:
    """Whether a product is the one that is named; `*` stands for any letters."""
    return pattern == product or re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), product) is not None
