"""Several stations in one database: every row names its station, and each station has its own feed.

What was stored before belongs to the station number 1, which has no name until the first station opens the database.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_KEYS: dict[str, tuple[str, ...]] = {
    "coils": ("number",),
    "intervals": ("station", "coil_id", "camera", "first_line"),
    "defects": ("number",),
    "events": ("station", "seq"),
    "counters": ("station", "name"),
    "reviews": ("review_id",),
    "optics": ("number",),
}
"""The tables that get a station, in an order in which each refers to earlier ones only, and their primary keys."""
_UNIQUE = {"coils": ("station", "coil_id"), "defects": ("station", "defect_id")}
_REFERS = {
    "intervals": ("coils", "coil_id"),
    "defects": ("coils", "coil_id"),
    "reviews": ("defects", "defect_id"),
    "optics": ("coils", "coil_id"),
}
_INDICES = {
    "coils": {"coils_by_name": ("station", "name"), "coils_of_station": ("station", "number")},
    "defects": {"defects_of_coil": ("station", "coil_id", "number")},
    "reviews": {"reviews_of_defect": ("station", "defect_id"), "reviews_of_station": ("station", "review_id")},
    "optics": {"optics_of_camera": ("station", "camera", "number")},
}
_OLD_INDICES = {"ix_coils_name": "coils", "defects_of_coil": "defects", "ix_reviews_defect_id": "reviews", "optics_of_camera": "optics"}


def upgrade() -> None:
    stations = op.create_table(
        "stations",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(128), nullable=False, unique=True),
        sa.Column("plant", sa.String(128), nullable=False),
        sa.Column("line", sa.String(128), nullable=False),
        sa.Column("feed", sa.String(64), nullable=False),
    )
    connection = op.get_bind()
    feed = connection.execute(sa.text("SELECT value FROM identity WHERE name = 'feed'")).scalar_one()
    op.bulk_insert(stations, [{"name": "", "plant": "", "line": "", "feed": feed}])
    op.drop_table("identity")
    op.add_column("audit", sa.Column("station", sa.String(128), nullable=False, server_default=""))
    for index, table in _OLD_INDICES.items():
        op.drop_index(index, table)
    if connection.dialect.name == "sqlite":
        _rebuild(connection)
    else:
        _alter()
    for table, indices in _INDICES.items():
        for index, columns in indices.items():
            op.create_index(index, table, list(columns))


def _alter() -> None:
    """PostgreSQL changes the tables as they are. The constraints have the names that it gave them."""
    for table, (_, column) in _REFERS.items():
        op.drop_constraint(f"{table}_{column}_fkey", table)
    for table, key in _KEYS.items():
        op.add_column(table, sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False, server_default="1"))
        op.alter_column(table, "station", server_default=None)
        if "station" in key:
            op.drop_constraint(f"{table}_pkey", table)
            op.create_primary_key(f"{table}_pkey", table, list(key))
    for table, columns in _UNIQUE.items():
        op.drop_constraint(f"{table}_{columns[1]}_key", table)
        op.create_unique_constraint(None, table, list(columns))
    for table, (to, column) in _REFERS.items():
        op.create_foreign_key(None, table, to, ["station", column], ["station", column])


def _rebuild(connection: sa.Connection) -> None:
    """SQLite cannot change a key: each table is made again under another name, filled, and takes the place of the old one.

    Renaming a table also renames it where others refer to it.
    """
    made = sa.MetaData()
    sa.Table("stations", made, autoload_with=connection)
    for name, key in _KEYS.items():
        old = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
        columns = [sa.Column(c.name, c.type, nullable=c.nullable, server_default=c.server_default) for c in old.columns]
        station = sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False)
        counted = len(key) == 1  # a number that was deleted is not given again
        sa.Table(f"new_{name}", made, station, *columns, *_constraints(name), sqlite_autoincrement=counted).create(connection)
        listed = ", ".join(f'"{c.name}"' for c in columns)
        connection.exec_driver_sql(f"INSERT INTO new_{name} (station, {listed}) SELECT 1, {listed} FROM {name}")  # noqa: S608 - constants
    for name in reversed(_KEYS):
        op.drop_table(name)
    for name in _KEYS:
        op.rename_table(f"new_{name}", name)


def _constraints(name: str) -> list[sa.Constraint]:
    made: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*_KEYS[name])]
    if name in _UNIQUE:
        made.append(sa.UniqueConstraint(*_UNIQUE[name]))
    if name in _REFERS:
        to, column = _REFERS[name]
        made.append(sa.ForeignKeyConstraint(["station", column], [f"new_{to}.station", f"new_{to}.{column}"]))
    return made


def downgrade() -> None:
    raise NotImplementedError("the stations of one database cannot be told apart by an older version; restore a backup")
