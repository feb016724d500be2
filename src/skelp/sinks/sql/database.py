"""Opens the database of records as one station."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from skelp.domain.recipe import Recipe
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql.address import parse_url
from skelp.sinks.sql.claim import claim_on
from skelp.sinks.sql.engines import open_engines
from skelp.sinks.sql.people import Access
from skelp.sinks.sql.reader import Reader
from skelp.sinks.sql.stations import NOWHERE, Place, enter
from skelp.sinks.sql.writer import Writer


class Database:
    """`with Database(url, recipe, owner) as database:` gives `database.reader`, `database.writer` and `database.access`.

    Opening claims the owner's station for this process until it is closed, and migrates the database if it is older. `place` says where
    the station is.

    Raises SkelpError, before anything is changed, if another process holds the claim. In PostgreSQL that is a process of the same station,
    in SQLite any. It also raises SkelpError if the database cannot be opened or migrated.
    """

    reader: Reader
    writer: Writer
    access: Access

    def __init__(self, url: str, recipe: Recipe, owner: Owner, place: Place = NOWHERE) -> None:
        self._url, self._recipe, self._owner, self._place = url, recipe, owner, place

    def __enter__(self) -> Self:
        url = parse_url(self._url)
        with ExitStack() as opened:
            claim = opened.enter_context(claim_on(url, self._owner))
            engines = opened.enter_context(open_engines(url, claim))
            station = enter(engines.writing, self._owner.station, self._place)
            self.reader = Reader(engines.reading, self._recipe, station)
            self.writer = Writer(engines.writing, self._recipe, claim, station)
            self.access = Access.of(engines, self._owner.station)
            with self.writer.transaction() as change:
                change.add_recipe(self._recipe)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._opened.close()
