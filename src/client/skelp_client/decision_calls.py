"""The calls about decisions on coils, the recipes that make them, and common codes. It does no input or output."""

from __future__ import annotations

from functools import partial
from typing import Any

from skelp_client.call import V1, Call, given, part, record
from skelp_client.codes import KeptCodes
from skelp_client.decisions import ExplainedRevision, KeptRecipe, Preview, Recipe
from skelp_client.records import Coil, Decision, Override, Revision

_PREVIEW_S = 60.0
"""How much longer than another answer a preview may take: the station decides on up to 1000 coils for it."""


def override(coil_id: str, decision: Decision, note: str, operator: str | None) -> Call[Coil]:
    """A person decides. Sent again, it would be recorded and published twice, so it is not repeated by itself."""
    body = _signed({"decision": decision, "note": note}, operator)
    return Call("POST", f"{V1}/coils/{{coil_id}}/override", record(Coil), {"coil_id": coil_id}, body=body, repeatable=False)


def overrides(coil_id: str) -> Call[tuple[Override, ...]]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/overrides", partial(part, "overrides", Override), {"coil_id": coil_id})


def decisions(coil_id: str) -> Call[tuple[Revision, ...]]:
    return Call("GET", f"{V1}/coils/{{coil_id}}/decisions", partial(part, "decisions", Revision), {"coil_id": coil_id})


def explain_decision(coil_id: str, number: int) -> Call[ExplainedRevision]:
    given = {"coil_id": coil_id, "number": str(number)}
    return Call("GET", f"{V1}/coils/{{coil_id}}/decisions/{{number}}", record(ExplainedRevision), given)


def decide_again(coil_id: str, recipe: str, note: str, operator: str | None) -> Call[Revision]:
    """Decide by another recipe. Sent again, it says what the newest decision says already, and nothing changes."""
    body = _signed({"recipe": recipe, "note": note}, operator)
    return Call("POST", f"{V1}/coils/{{coil_id}}/decide", record(Revision), {"coil_id": coil_id}, body=body)


def recipes() -> Call[tuple[Recipe, ...]]:
    return Call("GET", f"{V1}/recipes", partial(part, "recipes", Recipe))


def kept_recipe(sha256: str) -> Call[KeptRecipe]:
    return Call("GET", f"{V1}/kept-recipes/{{sha256}}", record(KeptRecipe), {"sha256": sha256})


def kept_codes(sha256: str) -> Call[KeptCodes]:
    return Call("GET", f"{V1}/kept-codes/{{sha256}}", record(KeptCodes), {"sha256": sha256})


def preview_recipe(toml: str, newest: int, recipe: str | None, product: str | None) -> Call[Preview]:
    """Try a recipe. Nothing is stored."""
    body = given({"toml": toml, "newest": newest, "recipe": recipe, "product": product})
    return Call("POST", f"{V1}/recipe-previews", record(Preview), body=body, waits_s=_PREVIEW_S)


def change_recipe(recipe: str, toml: str, instead_of: str, note: str, operator: str | None) -> Call[Recipe]:
    """Replace a recipe's file. Sent again after it was done, it would be refused with `recipe_changed`, so it is not repeated by itself."""
    body = _signed({"toml": toml, "instead_of": instead_of, "note": note}, operator)
    return Call("PUT", f"{V1}/recipes/{{recipe}}", record(Recipe), {"recipe": recipe}, body=body, repeatable=False)


def _signed(body: dict[str, Any], operator: str | None) -> dict[str, Any]:
    """A body with the name of who signs it, where that is given: a token has one of its own."""
    return body if operator is None else {**body, "operator": operator}
