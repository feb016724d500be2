"""Elements of submodels, as JSON of the metamodel 3.0 has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

Element = dict[str, Any]
LONGEST_TEXT = 1023
"""Characters of a text in one language that the metamodel allows."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CUT = " …"


def clean(text: str) -> str:
    """The text with U+FFFD for each character that XML, and so the metamodel, does not have."""
    return _NOT_XML.sub("�", text)


def shortened(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text, ended by an ellipsis where it is too long."""
    text = clean(text)
    return text if len(text) <= longest else text[: longest - len(_CUT)] + _CUT


def external(value: str) -> dict[str, Any]:
    """A reference to something outside of the environment."""
    return {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": value}]}


def to_submodel(submodel_id: str) -> dict[str, Any]:
    """A reference to a submodel."""
    return {"type": "ModelReference", "keys": [{"type": "Submodel", "value": submodel_id}]}


class Maker:
    """Makes elements whose semantic ids begin with `base`, unless they are given."""

    def __init__(self, base: str = "") -> None:
        self._base = base

    def prop(self, name: str, value: str | bool | float | datetime | None, semantic: str = "") -> list[Element]:
        """A property with a value of its type; none without a value. An empty text is no value."""
        if value is None or value == "":
            return []
        kind, text = _typed(value)
        return [self._named("Property", name, semantic) | {"valueType": kind, "value": text}]

    def texts(self, name: str, value: Mapping[str, str], semantic: str = "") -> list[Element]:
        """A text in several languages; none where it is empty in all of them."""
        said = [{"language": language, "text": shortened(text)} for language, text in value.items() if text]
        return [self._named("MultiLanguageProperty", name, semantic) | {"value": said}] if said else []

    def collection(self, name: str | None, *parts: Sequence[Element], semantic: str = "") -> list[Element]:
        """A collection of elements; none if there is no element. `name` None: it is an item of a list."""
        inside = [element for part in parts for element in part]
        return [self._named("SubmodelElementCollection", name, semantic) | {"value": inside}] if inside else []

    def items(self, name: str, found: Iterable[Sequence[Element]], semantic: str = "") -> list[Element]:
        """A list of collections, each from its elements; none if the list is empty."""
        inside = [{"modelType": "SubmodelElementCollection", "value": list(elements)} for elements in found]
        kind = {"typeValueListElement": "SubmodelElementCollection", "orderRelevant": True}
        return [self._named("SubmodelElementList", name, semantic) | kind | {"value": inside}] if inside else []

    def file(self, name: str, content_type: str, path: str) -> list[Element]:
        """A file of the package."""
        return [self._named("File", name, "") | {"contentType": content_type, "value": path}]

    def reference(self, name: str, to: dict[str, Any] | None, semantic: str = "") -> list[Element]:
        """A reference. Without `to` it is there, and says nothing."""
        return [self._named("ReferenceElement", name, semantic) | ({"value": to} if to else {})]

    def empty(self, kind: str, name: str, semantic: str) -> list[Element]:
        """An element that a template demands, without a value: nobody knows it."""
        return [self._named(kind, name, semantic)]

    def _named(self, kind: str, name: str | None, semantic: str) -> Element:
        element: Element = {"modelType": kind}
        if name is not None:
            element |= {"idShort": name}
        if semantic or (self._base and name):
            element |= {"semanticId": external(semantic or f"{self._base}/{name}")}
        return element


def _typed(value: str | bool | float | datetime) -> tuple[str, str]:
    if isinstance(value, bool):
        return "xs:boolean", str(value).lower()
    if isinstance(value, int):
        return "xs:long", str(value)
    if isinstance(value, float):
        return "xs:double", repr(value)
    if isinstance(value, datetime):
        return "xs:dateTime", value.isoformat().replace("+00:00", "Z")
    return "xs:string", clean(value)


def submodel(submodel_id: str, name: str, semantic: dict[str, Any], elements: Iterable[Sequence[Element]], **more: Any) -> dict[str, Any]:
    """A submodel with these elements."""
    inside = [element for part in elements for element in part]
    named = {"modelType": "Submodel", "kind": "Instance", "id": submodel_id, "idShort": name, "semanticId": semantic}
    return {**named, **more, "submodelElements": inside}
