"""Reads what is kept under its hash: the recipes that decided on coils, and the codes that these were recorded with."""

from __future__ import annotations

from skelp.domain.coilmap import Coil
from skelp.domain.common_codes import CommonCodes
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.sinks.sql import recipes
from skelp.sinks.sql.kept import codes_of
from skelp.sinks.sql.reading import StationReader


class KeptReader(StationReader):
    """The base of Reader."""

    def stored_recipe(self, coil: Coil) -> Recipe | None:
        """The recipe that inspected a coil; None if it is not stored, or another version of skelp stored what this one cannot read."""
        with self._snapshot() as session:
            try:
                return recipes.stored(session, coil.recipe_sha256)
            except SkelpError:
                return None

    def kept_recipe(self, sha256: str) -> Recipe:
        """The recipe with this hash that decided on coils. Raises LookupError if it is not in the records."""
        with self._snapshot() as session:
            found = recipes.stored(session, sha256)
        if found is None:
            raise LookupError(f"no recipe with the hash {sha256} is in the records")
        return found

    def kept_codes(self, sha256: str) -> CommonCodes:
        """The common codes with this hash that coils were recorded with. Raises LookupError if they are not in the records."""
        with self._snapshot() as session:
            found = codes_of(session, sha256)
        if found is None:
            raise LookupError(f"no codes with the hash {sha256} are in the records")
        return found
