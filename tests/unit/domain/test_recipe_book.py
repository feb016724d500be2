"""Which recipe of a station is for a coil: products and customers with wildcards, the most specific one first."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.domain.recipe_book import RecipeBook

BOOK = RecipeBook(
    Recipe(),
    (
        Recipe("deep drawing", products=("DC04", "DC0*")),
        Recipe("motors", customers=("Hanbit*",)),
        Recipe("motors panel", products=("DC04", "DX5*"), customers=("Hanbit Motors", "Seohae*")),
        Recipe("motors any steel of one works", customers=("Hanbit Motors",)),
        Recipe("coated", products=("DX*",)),
    ),
)


@pytest.mark.parametrize(
    ("product", "customer", "name"),
    [
        ("", "", "default"),
        ("S235", "Dongnam", "default"),
        ("DC04", "", "deep drawing"),
        ("DC01", "Dongnam", "deep drawing"),
        ("DX51D", "Dongnam", "coated"),
        ("DX51D", "Seohae 2", "motors panel"),
        ("S235", "Seohae 2", "default"),  # the customer fits, and no product
        ("S235", "Hanbit", "motors"),
        ("DC04", "Hanbit", "motors"),  # the customer counts before the product
        ("DC04", "Hanbit Motors", "motors panel"),  # named by both
        ("S235", "Hanbit Motors", "motors any steel of one works"),  # named, against a pattern that fits too
    ],
)
def test_the_most_specific_recipe_is_for_a_coil(product: str, customer: str, name: str) -> None:
    assert BOOK.of(product, customer).name == name


HASH = "2cff29c8804782edb7a5a09ba67df7f013588c3f7dad96d3ea2b0a7f5d3c9e13"
PATTERNS = st.lists(st.text("AB*", min_size=1, max_size=3), max_size=2, unique=True).map(tuple)
NAMES = st.text("AB", max_size=3)


def books(kinds: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> RecipeBook | None:
    """A station's recipes; None if they do not fit together."""
    try:
        return RecipeBook(Recipe(), tuple(Recipe(f"r{n}", products=p, customers=c) for n, (p, c) in enumerate(kinds)))
    except SkelpError:
        return None


@given(st.lists(st.tuples(PATTERNS, PATTERNS), max_size=4), NAMES, NAMES)
def test_a_recipe_that_names_a_coils_order_is_its_recipe_whatever_else_there_is(
    kinds: list[tuple[tuple[str, ...], tuple[str, ...]]], product: str, customer: str
) -> None:
    book = books([*kinds, ((product or "A",), (customer or "A",))])
    if book is not None:
        assert book.of(product or "A", customer or "A").name == f"r{len(kinds)}"


@given(st.lists(st.tuples(PATTERNS, PATTERNS), max_size=4), NAMES, NAMES, NAMES)
def test_a_customer_changes_nothing_where_no_recipe_names_one(
    kinds: list[tuple[tuple[str, ...], tuple[str, ...]]], product: str, customer: str, other: str
) -> None:
    book = books([(products, ()) for products, _ in kinds])
    if book is not None:
        assert book.of(product, customer) == book.of(product, other) == book.of(product)


@pytest.mark.parametrize(
    ("one", "other", "fault"),
    [
        (Recipe("a", products=("X",)), Recipe("b", products=("Y", "X")), "recipes a and b both name the product X;"),
        (Recipe("a", customers=("C",)), Recipe("b", customers=("C",)), "recipes a and b both name the customer C;"),
        (
            Recipe("a", products=("X", "Y"), customers=("C",)),
            Recipe("b", products=("Y",), customers=("D", "C")),
            "recipes a and b both name the product Y for the customer C;",
        ),
        (Recipe("a"), Recipe("b", products=("X",)), "recipe a names no product and no customer"),
        (Recipe("a", products=("X",)), Recipe("a", customers=("C",)), "two recipes are named a"),
    ],
)
def test_recipes_that_are_for_the_same_coils_are_refused(one: Recipe, other: Recipe, fault: str) -> None:
    with pytest.raises(SkelpError, match=fault):
        RecipeBook(Recipe(), (one, other))


def test_a_product_of_one_customer_beside_the_same_product_of_all_is_no_fault() -> None:
    book = RecipeBook(Recipe(), (Recipe("all", products=("X",)), Recipe("one", products=("X",), customers=("C",))))
    assert [book.of("X", customer).name for customer in ("C", "D")] == ["one", "all"]


def test_a_recipe_without_customers_keeps_its_hash() -> None:
    """The hash of the version before customers."""
    assert Recipe("a", products=("X",)).sha256 == HASH
    assert Recipe("a", products=("X",), customers=("C",)).sha256 != HASH


@given(st.text("AB*", max_size=6), st.text("AB*", max_size=8))
def test_a_star_stands_for_any_letters(pattern: str, name: str) -> None:
    book = RecipeBook(Recipe(), (Recipe("one", products=(pattern,)),))
    named = pattern == name or re.fullmatch(pattern.replace("*", ".*"), name) is not None
    assert (book.of(name).name == "one") is named


def test_a_pattern_of_many_stars_does_not_hold_up_the_line() -> None:
    """With one look at each letter for each star it ends at once; going back for each of them would take longer than anybody lives."""
    book = RecipeBook(Recipe(), (Recipe("one", products=("*a" * 60 + "*b",)),))
    assert book.of("a" * 128).name == "default"
    assert book.of("a" * 127 + "b").name == "one"


def test_a_recipe_that_names_millions_of_orders_is_refused() -> None:
    many = tuple(map(str, range(200)))
    with pytest.raises(SkelpError, match="recipe one names 40000 pairs of a product and a customer; at most 20000"):
        RecipeBook(Recipe(), (Recipe("one", products=many, customers=many),))
