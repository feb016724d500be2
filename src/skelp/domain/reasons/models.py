"""Reasons about models: why one is refused, and why one was rolled back (ADR 30)."""

from __future__ import annotations

from skelp.domain.reasons.code import Code, Reason


class ModelGone(Reason, code=Code.MODEL_GONE):
    """The file of the model is not there, or it is another model than the one that was chosen."""


class _Failed(Reason):
    """`error`: what was found, in English."""

    error: str


class ModelNotAModel(_Failed, code=Code.MODEL_NOT_A_MODEL):
    """The file cannot be read as a model. `error`: what was found, in English."""


class ModelNoCard(Reason, code=Code.MODEL_NO_CARD):
    """The model file has no card."""


class ModelBadCard(_Failed, code=Code.MODEL_BAD_CARD):
    """The card of the model, or what the network takes and gives, is wrong. `error`: what was found, in English."""


class ModelFailsItsCard(_Failed, code=Code.MODEL_FAILS_ITS_CARD):
    """The network was run, and its answer does not fit its card. `error`: what was found, in English."""


class ModelOtherStride(Reason, code=Code.MODEL_OTHER_STRIDE):
    """The model has the stride `stride`, and the one on the line `on_line`."""

    stride: int
    on_line: int


class ModelOtherClasses(Reason, code=Code.MODEL_OTHER_CLASSES):
    """The model knows other classes than the one on the line, or takes marks for defects or defects for marks. Each is a list of names."""

    lacking: str | None = None
    more: str | None = None
    changed: str | None = None


class ModelNoDistance(Reason, code=Code.MODEL_NO_DISTANCE):
    """The model does not notice steel that it does not know, and the one on the line does."""


class ModelRecipeUnfit(_Failed, code=Code.MODEL_RECIPE_UNFIT):
    """The recipe does not fit the model. `error`: what was found, in English."""


class ModelNoScreen(_Failed, code=Code.MODEL_NO_SCREEN):
    """The recipe asks for a screen, and the model has none, or one for other limits. `error`: what was found, in English."""


class ModelCannotRun(_Failed, code=Code.MODEL_CANNOT_RUN):
    """The execution provider of the line cannot open or run the model. `error`: what was found, in English."""


class ModelSlower(Reason, code=Code.MODEL_SLOWER):
    """On the same frames the model takes `ms` ms and the one on the line `on_line_ms` ms; `most` times as long is allowed."""

    ms: float
    on_line_ms: float
    most: float


class ModelLineBusy(Reason, code=Code.MODEL_LINE_BUSY):
    """In `waited_s` s the inspection had no time in which the model could be tried without risk for the line."""

    waited_s: float


class ModelNotStored(_Failed, code=Code.MODEL_NOT_STORED):
    """The choice could not be stored, so it would not have outlived a restart. `error`: what was found, in English."""


class _LeftBand(Reason):
    """`coils` of the model against `before_coils` before it. `chance`: how probable that is, or more, if the models do not differ."""

    coils: int
    before_coils: int
    chance: float


class ModelDefectRate(_LeftBand, code=Code.MODEL_DEFECT_RATE):
    """The model reports `now` defects in 100 m on `coils` coils; the one before reported `before` on `before_coils`. `chance`: how probable
    such a difference is, or a larger one, if the two do not differ.
    """

    now: float
    before: float


class ModelDegradedShare(_LeftBand, code=Code.MODEL_DEGRADED_SHARE):
    """With this model the share `now` of the lines is degraded, as with steel that it does not know; with the one before it was `before`.
    `coils`, `before_coils` and `chance` as for the rate of defects.
    """

    now: float
    before: float


class ModelClassRate(Reason, code=Code.MODEL_CLASS_RATE):
    """Of the class `class` the model reports `now` defects in 100 m on the newest `coils` coils of a product, and reported `before` on the
    `before_coils` coils before those.
    """

    class_name: str
    now: float
    before: float
    coils: int
    before_coils: int


class ModelClassScore(Reason, code=Code.MODEL_CLASS_SCORE):
    """The model's mean score for defects of the class `class` is `now` on the newest `coils` coils of a product, and was `before`."""

    class_name: str
    now: float
    before: float
    coils: int
    before_coils: int


class ModelClassCardScore(Reason, code=Code.MODEL_CLASS_CARD_SCORE):
    """The model's mean score for defects of the class `class` is `now` on the newest `coils` coils of a product that have some. On the
    held-out pictures of its card it was `card`, of `defects` defects.
    """

    class_name: str
    now: float
    card: float
    coils: int
    defects: int


class ModelClassRejected(Reason, code=Code.MODEL_CLASS_REJECTED):
    """Of the defects of the class `class` that operators reviewed, they rejected the share `now` on the newest `coils` coils of a product
    on which they reviewed some, and `before` on the `before_coils` coils before those. It is the mean of the coils' shares.
    """

    class_name: str
    now: float
    before: float
    coils: int
    before_coils: int
