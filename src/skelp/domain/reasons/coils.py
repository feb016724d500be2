"""Reasons of a coil's decision."""

from __future__ import annotations

from skelp.domain.decision import Decision
from skelp.domain.reasons.code import Code, Reason


class CoilNoLine(Reason, code=Code.COIL_NO_LINE):
    """No line of this coil was inspected."""


class CoilNotInspected(Reason, code=Code.COIL_NOT_INSPECTED):
    """More metres are degraded or lost than the recipe allows."""

    uninspected_m: float
    limit_m: float


class CoilSevereDefects(Reason, code=Code.COIL_SEVERE_DEFECTS):
    """`defects` defects have at least the severity `severity`, from which the recipe holds a coil."""

    defects: int
    severity: int


class CoilManyDefects(Reason, code=Code.COIL_MANY_DEFECTS):
    """The coil has more defects per 100 m of inspected steel than the recipe allows."""

    per_100m: float
    limit_per_100m: float


class CoilPeriodic(Reason, code=Code.COIL_PERIODIC):
    """`series` series of defects repeat along the coil, as the marks of a damaged roll do. `rolls`: the rolls of the station's roll table
    that may have left them, separated by semicolons.
    """

    series: int
    rolls: str | None = None


class _Rule(Reason):
    """`rule` is the name of a rule of the recipe, and `then` what it asks for: downgrade, hold or scrap."""

    rule: str
    then: Decision


class CoilRuleRate(_Rule, code=Code.COIL_RULE_RATE):
    """A rule of the recipe counts more defects per `per_m` metres of inspected steel than it allows."""

    defects: float
    limit: float
    per_m: float


class CoilRuleCount(_Rule, code=Code.COIL_RULE_COUNT):
    """A rule of the recipe counts more defects than it allows: in the whole coil, or in a stretch of `in_any_m` metres that begins at
    `from_m`.
    """

    defects: float
    limit: float
    in_any_m: float | None = None
    from_m: float | None = None


class CoilRuleArea(_Rule, code=Code.COIL_RULE_AREA):
    """The same for the area of the defects."""

    area_mm2: float
    limit_mm2: float
    in_any_m: float | None = None
    from_m: float | None = None


class CoilRuleLength(_Rule, code=Code.COIL_RULE_LENGTH):
    """The same for the length of the defects, one after another."""

    length_mm: float
    limit_mm: float
    in_any_m: float | None = None
    from_m: float | None = None


class CoilRuleHeavy(_Rule, code=Code.COIL_RULE_HEAVY):
    """The same for metres of heavy stretches."""

    heavy_m: float
    limit_m: float


class CoilRecipeOther(Reason, code=Code.COIL_RECIPE_OTHER):
    """The recipe that decides, `asked`, has other limits for the inspection than the one by which the line inspected, `inspected_by`, or
    expects another width of strip than the line was told: the product was corrected while the coil ran, or the coil was cut out of one
    of another product.
    """

    inspected_by: str
    asked: str


class CoilRecipeUnknown(Reason, code=Code.COIL_RECIPE_UNKNOWN):
    """The recipe that the coil was inspected by is not stored, so nobody can say what was looked for. `recipe` is its name."""

    recipe: str


class CoilRecipeFiner(Reason, code=Code.COIL_RECIPE_FINER):
    """The recipe that decides wants to know more than the recipe that inspected the coil looked for. `limits`: the keys of the recipe
    in which it is finer, separated by commas.
    """

    limits: str
    inspected_by: str


class RollMarks(Reason, code=Code.ROLL_MARKS):
    """Defects repeat along the coil every `period_mm`, `across_mm` from the strip's edge on the operator side.

    `rolls`: the rolls of the station's roll table that may have left them, separated by semicolons, the likeliest first.
    """

    across_mm: float
    period_mm: float
    rolls: str | None = None


class CoilPicturesLeftOut(Reason, code=Code.COIL_PICTURES_LEFT_OUT):
    """`pictures` pictures of the folder were not read, so they were not inspected. `first` is one of them, or the folder that has them."""

    pictures: int
    first: str


class CoilPicturesMissing(Reason, code=Code.COIL_PICTURES_MISSING):
    """The numbers in the pictures' names have gaps: `pictures` numbers are not there, the first of them after `after`."""

    pictures: int
    after: str


class CoilRunning(Reason, code=Code.COIL_RUNNING):
    """The coil still runs, so there is no decision yet."""


class CoilProvisional(Reason, code=Code.COIL_PROVISIONAL):
    """The coil has passed, but its last results are not there yet."""


class CoilInterrupted(Reason, code=Code.COIL_INTERRUPTED):
    """The station stopped, was killed or lost power while this coil ran. The rest of the coil was not seen."""


class CoilSound(Reason, code=Code.COIL_SOUND):
    """`length_m` metres were inspected, and no defect has the severity from which the recipe holds a coil. What was not inspected, and the
    recipe allows, is not in them.
    """

    length_m: float
    defects: int
    severity: int


class CoilUninspectedAllowed(Reason, code=Code.COIL_UNINSPECTED_ALLOWED):
    """`uninspected_m` metres are degraded or lost, which the recipe allows up to `limit_m`."""

    uninspected_m: float
    limit_m: float


class CoilPersonWorse(Reason, code=Code.COIL_PERSON_WORSE):
    """A person decided worse than skelp on coil `coil`, of which this one was cut. Nobody knows on which of its steel."""

    coil: str
    operator: str


class CoilOrderUnclear(Reason, code=Code.COIL_ORDER_UNCLEAR):
    """The coil was welded of coils of several products or customers, `orders`, with different recipes, and nobody said which it is."""

    orders: str


class CoilMarks(Reason, code=Code.COIL_MARKS):
    """`marks` marks were found that are no defects for this product. `classes`: their classes, separated by commas."""

    marks: int
    classes: str


class CoilEdgeMargin(Reason, code=Code.COIL_EDGE_MARGIN):
    """The recipe excludes `margin_mm` millimetres at each edge of the strip from the inspection."""

    margin_mm: float


class CoilCropped(Reason, code=Code.COIL_CROPPED):
    """What will be cut off at the head and the tail, by the recipe, is not judged."""

    head_m: float
    tail_m: float


class CoilWeldsCropped(Reason, code=Code.COIL_WELDS_CROPPED):
    """`welds` weld seams that the MES told will be cut out, with `beside_m` metres on each side. They are not judged."""

    welds: int
    beside_m: float


class CoilScreened(Reason, code=Code.COIL_SCREENED):
    """On `screened_m` metres, the whole network looked only where the model's screen was suspicious, because the recipe says so."""

    screened_m: float


class CoilClassesIgnored(Reason, code=Code.COIL_CLASSES_IGNORED):
    """The recipe ignores these classes of defects. `classes`: their names, separated by commas."""

    classes: str


class CoilWidthNotGiven(Reason, code=Code.COIL_WIDTH_NOT_GIVEN):
    """Nobody gave the strip's width, so the station cannot notice steel outside the picture."""


class CoilDefectsDeleted(Reason, code=Code.COIL_DEFECTS_DELETED):
    """The coil had `defects` defects and `marks` marks. The rule storage.retention.defects_years deleted them, with their reviews."""

    defects: int
    marks: int


class CoilDerived(Reason, code=Code.COIL_DERIVED):
    """No camera saw this coil pass: it was cut or welded out of others, and its results are theirs. `coils`: the ids of these coils,
    separated by commas.
    """

    coils: str


class CoilNotRecorded(Reason, code=Code.COIL_NOT_RECORDED):
    """No record covers this steel of a derived coil, on the side that this camera sees. `of_coil`: the coil that it was cut from."""

    of_coil: str | None = None


class Other(Reason, code=Code.OTHER):
    """A reason that was stored before reasons had codes. `text` is the stored sentence, which the migration did not know."""

    text: str


class CoilStationStopped(Reason, code=Code.COIL_STATION_STOPPED):
    """The coil is not final, and its station does not run, so what passes is not recorded. `since`: when something was last stored."""

    since: str
