"""The recipes of a station: one for each product or customer that has its own, and one for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product as pairs

from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe

RecipeOf = Callable[[str, str], Recipe]
"""Gives the recipe for a product of a customer."""
MOST_ORDERS = 20_000
"""Pairs of a product and a customer that one recipe may name."""
_Close = tuple[int, int]
"""How closely a pattern names something: 2 by its name, 1 with `*`, 0 because anything will do; then the pattern's length."""


@dataclass(frozen=True, slots=True)
class RecipeBook:
    """`default` is for coils that no other recipe is for. Raises SkelpError if the recipes do not fit together."""

    default: Recipe
    others: tuple[Recipe, ...] = ()

    def __post_init__(self) -> None:
        if wrong := list(self._faults()):
            raise SkelpError("; ".join(wrong))

    @property
    def all(self) -> tuple[Recipe, ...]:
        return (self.default, *self.others)

    @property
    def line(self) -> Recipe:
        """The default recipe with the longest bridge of all, for which the line is built. Each coil is inspected by its own."""
        return replace(self.default, bridge_mm=max(recipe.bridge_mm for recipe in self.all))

    def of(self, product: str, customer: str = "") -> Recipe:
        """The recipe for a product of a customer: of those whose products and customers both fit, the most specific one, else the default.

        The customer counts first: one that is named, then the longest pattern that fits, then a recipe for all customers. Then the product
        counts in the same way. Of two that are equally specific, the first in the station file.
        """
        chosen, closest = self.default, ((-1, 0), (-1, 0))
        for recipe in self.all:
            fit = (_closeness(recipe.customers, customer), _closeness(recipe.products, product))
            if (recipe.products or recipe.customers) and fit[0] and fit[1] and (fit[0], fit[1]) > closest:
                chosen, closest = recipe, (fit[0], fit[1])
        return chosen

    def with_one(self, recipe: Recipe) -> RecipeBook:
        """The book with this recipe in the place of the one of its name."""
        changed = tuple(recipe if r.name == recipe.name else r for r in self.all)
        return replace(self, default=changed[0], others=changed[1:])

    def _faults(self) -> Iterator[str]:
        names = [r.name for r in self.all]
        yield from (f"two recipes are named {name}; give each its own name" for name in sorted({n for n in names if names.count(n) > 1}))
        by_order: dict[tuple[str | None, str | None], str] = {}
        for recipe in self.others:
            if not recipe.products and not recipe.customers:
                yield (
                    f"recipe {recipe.name} names no product and no customer, so no coil would have it; give it products, such as "
                    '["DC04"], or customers'
                )
            if recipe.screen != self.default.screen:
                yield f"recipe {recipe.name} screens other sides than {self.default.name}; all coils of a station are screened alike"
        for recipe in self.all:
            if (orders := len(recipe.products) * len(recipe.customers)) > MOST_ORDERS:
                yield f"recipe {recipe.name} names {orders} pairs of a product and a customer; at most {MOST_ORDERS} are taken, so write *"
                continue
            for order in pairs(recipe.products or (None,), recipe.customers or (None,)) if recipe.products or recipe.customers else ():
                other = by_order.setdefault(order, recipe.name)
                if other != recipe.name:
                    yield f"recipes {other} and {recipe.name} both name the {_order(*order)}; remove it from one"


def _order(product: str | None, customer: str | None) -> str:
    return " for the ".join([*([f"product {product}"] if product else []), *([f"customer {customer}"] if customer else [])])


def _closeness(patterns: Sequence[str], name: str) -> _Close | None:
    """How closely the closest of the patterns names it; None if none fits. Without patterns anything fits."""
    found = [(2 if p == name else 1, len(p)) for p in patterns if _fits(p, name)]
    return max(found, default=None) if patterns else (0, 0)


def _fits(pattern: str, name: str) -> bool:
    """Whether it is the one that is named; `*` stands for any letters. It takes a time that grows with both, whatever the pattern."""
    first, *others = pattern.split("*")
    if not others or pattern == name:
        return pattern == name
    *middle, last = others
    at, end = len(first), len(name) - len(last)
    if at > end or not name.startswith(first) or not name.endswith(last):
        return False
    for part in middle:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
