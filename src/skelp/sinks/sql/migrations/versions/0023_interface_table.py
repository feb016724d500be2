"""The interface table: a view with one row for each event after which a plant must hear of a coil (docs/plant/interface-table.md).

A later migration that changes a column of the tables below drops this view first and makes it again.
"""

from alembic import op

revision = "0023"
down_revision = "0022"

NEWEST = "(SELECT {value} FROM {table} t WHERE t.station = c.station AND t.coil_id = c.coil_id ORDER BY t.{number} DESC LIMIT 1)"
PERSON = NEWEST.format(value="t.decision", table="overrides", number="override_id")
AGAIN = NEWEST.format(value="t.decision", table="decisions", number="number")
AGAIN_REASONS = NEWEST.format(value="t.reasons", table="decisions", number="number")
AGAIN_RECIPE = NEWEST.format(value="t.recipe_name", table="decisions", number="number")


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"

    def inside(column: str, *path: str) -> str:
        """What JSON has at a path of names, as a number or text; NULL if it has nothing there."""
        if on_sqlite:
            return f"json_extract({column}, '$" + "".join(f'."{name}"' for name in path) + "')"
        return f"({column} #>> '{{{','.join(path)}}}')"

    def first_code(column: str) -> str:
        """The code of the first one in a JSON list of reasons."""
        return f"json_extract({column}, '$[0].code')" if on_sqlite else f"({column} #>> '{{0,code}}')"

    def metres(state: str) -> str:
        return f"CAST({inside('c.counted', 'lines', state)} AS DOUBLE PRECISION) * c.mm_per_line / 1000"

    def known(count: str) -> str:
        """A count; NULL for a coil of a skelp that did not store counts."""
        return f"CASE WHEN c.counted IS NOT NULL THEN {count} END"

    def total(name: str) -> str:
        """The sum of the numbers in a JSON object."""
        if on_sqlite:
            return known(f"(SELECT CAST(COALESCE(SUM(value), 0) AS INTEGER) FROM json_each(c.counted, '$.{name}'))")  # noqa: S608 - constants
        return known(f"(SELECT CAST(COALESCE(SUM(CAST(value AS INTEGER)), 0) AS INTEGER) FROM json_each_text(c.counted -> '{name}'))")  # noqa: S608

    def of_severity(grade: int) -> str:
        none = "0" if on_sqlite else "'0'"
        return known(f"CAST(COALESCE({inside('c.counted', 'by_severity', str(grade))}, {none}) AS INTEGER)")

    severities = ",\n".join(f"{of_severity(n)} AS severity_{n}" for n in range(1, 6))
    op.execute(f"""
CREATE VIEW coil_result AS
SELECT s.name AS station, s.plant AS plant, s.line AS line, s.feed AS feed_id,
e.seq AS seq, e.time AS event_time, e.kind AS event,
c.coil_id AS coil_id, c.name AS name, c.pass_number AS pass_number, c.heat AS heat, c.product AS product, c.customer AS customer,
c.started_at AS started_at, c.finished_at AS finished_at,
COALESCE({PERSON}, {AGAIN}, c.decision, 'hold') AS decision,
COALESCE({AGAIN}, c.decision, 'hold') AS decision_of_skelp,
CASE WHEN {PERSON} IS NULL THEN 0 ELSE 1 END AS decided_by_person,
COALESCE({first_code(AGAIN_REASONS)}, CASE WHEN {AGAIN} IS NULL THEN {first_code("c.reasons")} END, '') AS reason,
{metres("inspected")} + {metres("degraded")} + {metres("lost")} AS length_m,
{metres("inspected")} AS inspected_m,
{metres("degraded")} AS degraded_m,
{metres("lost")} AS lost_m,
{total("by_class")} AS defects,
{severities},
{total("marks")} AS marks,
CASE WHEN c.interrupted THEN 1 ELSE 0 END AS interrupted,
c.model_name AS model,
COALESCE({AGAIN_RECIPE}, c.recipe_name) AS recipe,
c.revision AS revision
FROM events e
JOIN stations s ON s.number = e.station
JOIN coils c ON c.station = e.station AND c.coil_id = e.coil_id
WHERE c.status = 'final'
AND e.kind IN ('coil.final', 'coil.changed', 'coil.decided', 'coil.revised')
AND (e.kind <> 'coil.changed' OR {inside("e.data", "corrected")} IS NOT NULL)
""")  # noqa: S608 - constants


def downgrade() -> None:
    op.execute("DROP VIEW coil_result")
