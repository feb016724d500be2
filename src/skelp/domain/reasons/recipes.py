"""Reasons for which a recipe is refused."""

from __future__ import annotations

from skelp.domain.reasons.code import Code, Reason


class RecipeEmptyKey(Reason, code=Code.RECIPE_EMPTY_KEY):
    """The key `key` of the rule `rule` is an empty list. Left out, the rule is about all of them; written so, it looks as if about none."""

    rule: str
    key: str


class RecipeZoneWhole(Reason, code=Code.RECIPE_ZONE_WHOLE):
    """Across, the zone `zone` is the whole strip, which is `strip_width_mm` wide by the same recipe."""

    zone: str
    strip_width_mm: float


class RecipeSideUnseen(Reason, code=Code.RECIPE_SIDE_UNSEEN):
    """The rule `rule` is about the side `side` alone, at which no camera of the station looks, so it would never fire."""

    rule: str
    side: str
