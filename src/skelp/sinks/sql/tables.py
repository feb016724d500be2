"""The tables of the station's database. The scripts in migrations/ upgrade an older database to them."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

stations = sa.Table(
    "stations",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("name", sa.String(128), nullable=False, unique=True),
    sa.Column("plant", sa.String(128), nullable=False),
    sa.Column("line", sa.String(128), nullable=False),
    sa.Column("feed", sa.String(64), nullable=False),
    sa.Column("cameras", sa.JSON, nullable=False, server_default="{}"),
)
"""The stations that store their records here. `feed`: the identity of a station's event feed, a UUID. `cameras`: each one's side."""

coils = sa.Table(
    "coils",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("coil_id", sa.String(128), nullable=False),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("automatic", sa.Boolean, nullable=False),
    sa.Column("interrupted", sa.Boolean, nullable=False),
    sa.Column("heat", sa.String(128), nullable=False),
    sa.Column("product", sa.String(128), nullable=False),
    sa.Column("customer", sa.String(128), nullable=False, server_default=""),
    sa.Column("started_at", sa.String(32), nullable=False),
    sa.Column("finished_at", sa.String(32)),
    sa.Column("updated_at", sa.String(32), nullable=False),
    sa.Column("mm_per_line", sa.Float, nullable=False),
    sa.Column("width_mm", sa.Float, nullable=False),
    sa.Column("strip_width_mm", sa.Float),
    sa.Column("line_rate_hz", sa.Float, nullable=False),
    sa.Column("model_name", sa.String(128), nullable=False),
    sa.Column("model_sha256", sa.String(64), nullable=False),
    sa.Column("recipe_name", sa.String(128), nullable=False),
    sa.Column("recipe_sha256", sa.String(64), nullable=False),
    sa.Column("decision", sa.String(16)),
    sa.Column("reasons", sa.JSON),
    sa.Column("counted", sa.JSON),
    sa.Column("pass_number", sa.Integer, nullable=False, server_default="1"),
    sa.Column("codes_name", sa.String(128)),
    sa.Column("codes_version", sa.String(32)),
    sa.Column("codes_sha256", sa.String(64)),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.UniqueConstraint("station", "coil_id"),
    sa.Index("coils_by_name", "station", "name"),
    sa.Index("coils_of_station", "station", "number"),
    sa.Index("coils_by_start", "station", "started_at"),
    sa.Index("coils_by_end", "station", "finished_at"),
    sa.Index("coils_by_product", "station", "product", "number"),
    sa.Index("coils_by_customer", "station", "customer", "number"),
    sa.Index("coils_by_decision", "station", "decision", "number"),
    sqlite_autoincrement=True,
)

intervals = sa.Table(
    "intervals",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
    sa.Column("coil_id", sa.String(128), primary_key=True),
    sa.Column("camera", sa.String(64), primary_key=True),
    sa.Column("first_line", sa.BigInteger, primary_key=True),
    sa.Column("lines", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("old_text", sa.Text, nullable=False),
    sa.Column("code", sa.String(64), nullable=False, server_default=""),
    sa.Column("args", sa.JSON),
    sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
)

defects = sa.Table(
    "defects",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("defect_id", sa.String(160), nullable=False),
    sa.Column("coil_id", sa.String(128), nullable=False),
    sa.Column("class_name", sa.String(64), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("mean_score", sa.Float, nullable=False),
    sa.Column("side", sa.String(16), nullable=False),
    sa.Column("camera", sa.String(64), nullable=False),
    sa.Column("along_mm", sa.Float, nullable=False),
    sa.Column("across_mm", sa.Float, nullable=False),
    sa.Column("length_mm", sa.Float, nullable=False),
    sa.Column("width_mm", sa.Float, nullable=False),
    sa.Column("area_mm2", sa.Float, nullable=False),
    sa.Column("orientation_deg", sa.Float, nullable=False),
    sa.Column("contrast", sa.Float, nullable=False),
    sa.Column("cut_by_gap", sa.Boolean, nullable=False),
    sa.Column("line", sa.BigInteger, nullable=False),
    sa.Column("lines", sa.BigInteger, nullable=False),
    sa.Column("column", sa.Integer, nullable=False),
    sa.Column("columns", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("seen_as", sa.String(160)),
    sa.Column("plant_code", sa.String(16)),
    sa.Column("cluster_code", sa.String(16)),
    sa.UniqueConstraint("station", "defect_id"),
    sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
    sa.Index("defects_of_coil", "station", "coil_id", "number"),
    sqlite_autoincrement=True,
)

periodic = sa.Table(
    "periodic",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
    sa.Column("periodic_id", sa.String(160), primary_key=True),
    sa.Column("coil_id", sa.String(128), nullable=False),
    sa.Column("side", sa.String(16), nullable=False),
    sa.Column("across_mm", sa.Float, nullable=False),
    sa.Column("period_mm", sa.Float, nullable=False),
    sa.Column("period_error_mm", sa.Float, nullable=False),
    sa.Column("first_mm", sa.Float, nullable=False),
    sa.Column("last_mm", sa.Float, nullable=False),
    sa.Column("seen", sa.Integer, nullable=False),
    sa.Column("expected", sa.Integer, nullable=False),
    sa.Column("by_chance_log10", sa.Float, nullable=False),
    sa.Column("rolls", sa.JSON, nullable=False),
    sa.Column("defect_ids", sa.JSON, nullable=False),
    sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
    sa.Index("periodic_of_coil", "station", "coil_id"),
)
"""Series of defects that repeat along a coil. A series stays when its defects are deleted for their age."""

overrides = sa.Table(
    "overrides",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False),
    sa.Column("override_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("coil_id", sa.String(128), nullable=False),
    sa.Column("decision", sa.String(16), nullable=False),
    sa.Column("operator", sa.String(64), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
    sa.Index("overrides_of_coil", "station", "coil_id"),
    sqlite_autoincrement=True,
)
"""What persons decided for coils. Rows are appended; the newest of a coil stands."""

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False),
    sa.Column("decision_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("coil_id", sa.String(128), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("decision", sa.String(16), nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("recipe_name", sa.String(128), nullable=False),
    sa.Column("recipe_sha256", sa.String(64), nullable=False),
    sa.Column("operator", sa.String(64), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
    sa.UniqueConstraint("station", "coil_id", "number"),
    sqlite_autoincrement=True,
)
"""What skelp decided on a coil later, by another recipe. Rows are appended. The first decision, number 1, is in the coil's own row."""

model_classes = sa.Table(
    "model_classes",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("classes", sa.JSON, nullable=False),
    sa.Column("learned", sa.JSON),
)
"""The classes that each model knows: another recipe may ask later for one that a coil's model did not know. `learned`: what its card says
that it found of each class, with which coils are compared.
"""

origins = sa.Table(
    "origins",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
    sa.Column("piece_id", sa.String(128), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("coil_id", sa.String(128)),
    sa.Column("from_m", sa.Float, nullable=False),
    sa.Column("to_m", sa.Float, nullable=False),
    *(sa.Column(turn, sa.Boolean, nullable=False) for turn in ("head_to_tail", "turned_over", "sides_exchanged")),
    *(sa.Column(trim, sa.Float, nullable=False) for trim in ("trimmed_operator_mm", "trimmed_drive_mm")),
    sa.Column("first_line", sa.BigInteger, nullable=False),
    sa.Column("lines", sa.BigInteger, nullable=False),
    sa.Column("width_mm", sa.Float),
    sa.ForeignKeyConstraint(["station", "piece_id"], ["coils.station", "coils.coil_id"]),
    sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
    sa.Index("origins_of_coil", "station", "coil_id"),
)
"""The cuts of which coils were derived, in order from the piece's head. `coil_id` is the coil that was cut; null without records."""
PIECE = (coils.c.station == origins.c.station) & (coils.c.coil_id == origins.c.piece_id)
"""Joins a cut to the coil that was derived."""

recipes = sa.Table(
    "recipes",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("time", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("coil_id", sa.String(128), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False),
    sa.Column("review_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("defect_id", sa.String(160), nullable=False),
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("class_name", sa.String(64)),
    sa.Column("operator", sa.String(64), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.ForeignKeyConstraint(["station", "defect_id"], ["defects.station", "defects.defect_id"]),
    sa.Index("reviews_of_defect", "station", "defect_id"),
    sa.Index("reviews_of_station", "station", "review_id"),
    sqlite_autoincrement=True,
)

DEFECT_OF_REVIEW = (defects.c.station == reviews.c.station) & (defects.c.defect_id == reviews.c.defect_id)
"""Joins a review to its defect."""

optics = sa.Table(
    "optics",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), nullable=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("coil_id", sa.String(128), nullable=False),
    sa.Column("camera", sa.String(64), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("light_dn", sa.JSON, nullable=False),
    sa.Column("sharpness", sa.Float, nullable=False),
    sa.ForeignKeyConstraint(["station", "coil_id"], ["coils.station", "coils.coil_id"]),
    sa.Index("optics_of_camera", "station", "camera", "number"),
    sqlite_autoincrement=True,
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("sent", sa.BigInteger, nullable=False),
)
"""How far each webhook is in the feed."""

dead_letters = sa.Table(
    "dead_letters",
    metadata,
    sa.Column("station", sa.Integer, sa.ForeignKey("stations.number"), primary_key=True),
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("error", sa.String(300), nullable=False),
    sa.Column("again", sa.Boolean, nullable=False),
)
"""Events that a webhook gave up."""
