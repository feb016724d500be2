"""Shared fixtures."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings

from skelp.render import words
from skelp.render.words import Language
from tests.models import bright_spots

settings.register_profile("skelp", deadline=None)  # no test asserts a time
settings.load_profile("skelp")
ROOT = Path(__file__).parents[1]
PHOTOGRAPHS = ROOT.parent / "shared" / "data"
REWORDED = os.environ.setdefault("REWORD_SEED", str(random.randrange(10**6)))
"""Each run has different sentences, the same ones in all its processes. Set REWORD_SEED to repeat a run."""


def pytest_report_header() -> str:
    return f"sentences are reworded: REWORD_SEED={REWORDED}"


@pytest.fixture(autouse=True, scope="session")
def reworded() -> Iterator[None]:
    """Replace every template by random words for the whole run, so that no code and no test can depend on a sentence.

    Tests of the sentences restore the real ones (tests/unit/render/test_words.py).
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "load", _reworded(words.load, random.Random(REWORDED)))
        yield


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """A command that a test runs in this process logs to the stderr of that test, which is closed afterwards."""
    yield
    structlog.reset_defaults()


def _reworded(load: Any, chance: random.Random) -> Any:
    made: dict[Language, Any] = {}

    def reword(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: reword(v) for key, v in value.items()}
        fields = re.findall(r"\{[^}]*\}", value)
        chance.shuffle(fields)
        return " ".join(f"{chance.randrange(16**6):06x}{field}" for field in ["", *fields])

    def loaded(language: Language) -> Any:
        if language not in made:
            made[language] = reword(load(language))
        return made[language]

    return loaded


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests on photographs if there are no photographs."""
    absent = pytest.mark.skip(reason=f"no photographs in {PHOTOGRAPHS}")
    if not PHOTOGRAPHS.is_dir():
        for item in items:
            if "photographs" in item.keywords:
                item.add_marker(absent)


@pytest.fixture
def bright_model(tmp_path: Path) -> Path:
    return bright_spots(tmp_path / "bright.onnx")
