"""The codes by which a plant and a cluster of companies call the classes of a model (ADR 37)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace

from skelp.domain.defect import Defect
from skelp.domain.errors import SkelpError, nearest

LONGEST = 16
"""Characters of a code. Fields of telegrams have this width or less."""
_CODE = re.compile(rf"[\x21-\x7e]([\x20-\x7e]{{0,{LONGEST - 2}}}[\x21-\x7e])?")
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f/]{1,128}")
_VERSION = re.compile(r"[\x21-\x7e]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,128}")
_MISSPELLING_RATIO = 0.8


@dataclass(frozen=True, slots=True)
class ClassCodes:
    """The codes of a class in a plant and in a cluster, and what it is called in each language (`en`, `ko`).

    Raises ValueError if a code is empty, longer than 16 characters, has a blank at an end, or is not printable ASCII: a telegram fills
    its fields with blanks, and a receiver cuts them off.
    """

    plant: str
    cluster: str
    text: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key in ("plant", "cluster"):
            if not _CODE.fullmatch(code := getattr(self, key)):
                raise ValueError(f"{key} must be 1 to {LONGEST} printable ASCII characters without a blank at an end, got {code[:40]!r}")
        for language, text in self.text.items():
            if not _LANGUAGE.fullmatch(language):
                raise ValueError(f"text has the language {language[:40]!r}; write it like en or ko")
            if not _TEXT.fullmatch(text):
                raise ValueError(f"text.{language} must have 1 to 128 characters in one line, got {text[:140]!r}")


@dataclass(frozen=True, slots=True)
class CommonCodes:
    """The codes of all classes of a model. `default`: those of classes that `classes` does not name; None: there are none."""

    name: str
    version: str
    classes: Mapping[str, ClassCodes] = field(default_factory=dict)
    default: ClassCodes | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"name must have 1 to 128 characters in one line, and no slash, got {self.name[:140]!r}")
        if not _VERSION.fullmatch(self.version):
            raise ValueError(f"version must be 1 to 32 printable ASCII characters without a blank, got {self.version[:40]!r}")
        if not self.classes and self.default is None:
            raise ValueError("there is no code; write [classes.NAME] for each class of the model, or [default]")
        languages = sorted({language for codes in self._all.values() for language in codes.text})
        for where, codes in self._all.items():
            if lacking := [language for language in languages if language not in codes.text]:
                raise ValueError(f"{where}.text has no {', '.join(lacking)}, which others have; write each text in the same languages")

    @property
    def _all(self) -> dict[str, ClassCodes]:
        named = {f"classes.{name}": codes for name, codes in self.classes.items()}
        return named if self.default is None else named | {"default": self.default}

    @property
    def sha256(self) -> str:
        """Hash of all values, which a coil keeps."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def of(self, class_name: str) -> ClassCodes | None:
        """The codes of a class; None if it has none."""
        return self.classes.get(class_name, self.default)

    def check(self, classes: Collection[str]) -> None:
        """Raise SkelpError if a class of the model has no code, or would have the default one because its name is misspelt."""
        if faults := list(self._faults(classes)):
            raise SkelpError(f"codes {self.name} {self.version}: {'; '.join(faults)}")

    def _faults(self, classes: Collection[str]) -> Iterator[str]:
        strange = [name for name in self.classes if name not in classes]
        for name in sorted(set(classes) - self.classes.keys()):
            if self.default is None:
                yield f"class {name} of the model has no code; write [classes.{name}], or [default] for all others"
            elif near := nearest(name, strange, _MISSPELLING_RATIO):
                yield f"[classes.{near}] is no class of the model; did you mean {name}?"

    def on(self, defect: Defect) -> Defect:
        """The defect with its codes."""
        codes = self.of(defect.class_name)
        return replace(defect, plant_code=codes.plant, cluster_code=codes.cluster) if codes else defect
