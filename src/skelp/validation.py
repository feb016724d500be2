"""Reads TOML and JSON and validates the values.

An error message names the file, the key, the value and what was expected. For an unknown key it also names the most similar known key.
"""

from __future__ import annotations

import codecs
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError, create_model

from skelp.domain.errors import SkelpError, nearest, suggestion

STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
"""Configuration of every model that is read from a file: unknown keys, NaN and infinity are refused."""

T = TypeVar("T")
Key = tuple[str | int, ...]
_Schema = Mapping[str, Any]
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_MISSING = ("missing", "missing_argument")
_LISTS = ("tuple_type", "list_type")
_ONE_OF = ("literal_error", "enum", "union_tag_invalid")
_IN_URL = re.compile(r"(://[^/@\s:]*:)[^/@\s]*@")
"""A password in an address."""
_MAX_CHARACTERS = 60
_MOST_DIGITS = 1000


def read_text(file: Path, what: str, hint: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark. `what` is its kind, such as "recipe file"; `hint` names where examples are.

    Raises SkelpError that names the cause, and the encoding where it can be recognised.
    """
    try:
        return _decoded(file, file.read_bytes())
    except FileNotFoundError as error:
        raise SkelpError(f"there is no {what} {file}; {hint}") from error
    except IsADirectoryError as error:
        raise SkelpError(f"{file} is a folder, not a {what}; {hint}") from error
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else error
        raise SkelpError(f"{file} cannot be read: {cause}; a {what} was expected") from error


def _decoded(file: Path, data: bytes) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")  # Excel calls UTF-16 Unicode text
    except UnicodeDecodeError as error:
        byte = f"byte {data[error.start]:#04x} at {error.start}"
        raise SkelpError(f"{file} is not UTF-8 ({byte}){_korean(file, data)}; save it as UTF-8") from error
    if "\0" in text:
        raise SkelpError(f"{file} is not a text in UTF-8: it has a zero byte at {text.index(chr(0))}; save it as UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _korean(file: Path, data: bytes) -> str:
    """The name of the encoding if the text is Korean as Windows writes it, with the command that converts it."""
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return ""
    hangul = any("가" <= c <= "힣" for c in text)
    return f", but CP949 (Korean Windows): iconv -f cp949 -t utf-8 {file.name}" if hangul else ""


def read_toml(file: Path, what: str, hint: str) -> dict[str, Any]:
    """The tables of a TOML file. Raises SkelpError if it cannot be read or is not TOML."""
    try:
        return tomllib.loads(read_text(file, what, hint))
    except tomllib.TOMLDecodeError as error:
        raise SkelpError(f"{file} is not TOML: {error}") from error


def load(file: Path, shape: type[T], what: str, hint: str) -> T:
    """Read a TOML file into a `shape`: a pydantic model or a dataclass. Raises SkelpError that names every key at fault.

    Validators of the shape get the file's folder as `folder` in their context, for relative paths.
    """
    return validated(shape, read_toml(file, what, hint), where=str(file), context={"folder": file.parent})


def parsed_json(text: str, shape: type[T], where: str) -> T:
    """Read JSON into a `shape`. Raises SkelpError as `load` does."""
    try:
        values = json_of(text)
    except ValueError as error:
        raise SkelpError(f"{where} is not JSON: {error}") from error
    return validated(shape, values, where=where)


def json_of(text: str) -> Any:
    """The values of a JSON text. Raises ValueError if it is none, is nested too deep, or has a key twice, of which one would be lost."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_int=_whole)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for n, (key, _) in enumerate(pairs) if key in dict(pairs[:n]))
        raise ValueError(f"an object has the key '{twice}' twice, so one of its values would be lost; remove one")
    return found


def _whole(digits: str) -> int:
    """A whole number. Python refuses to read very long ones, with advice for programmers."""
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def validated(shape: type[T], values: object, where: str, context: Mapping[str, Any] | None = None) -> T:
    """Validate values as a `shape`. Raises SkelpError that names every key at fault.

    Dataclasses also refuse unknown keys, NaN and infinity. Validators of the shape get `context`.
    """
    # A dataclass takes its strictness from the model that contains it.
    outer = create_model("_Outer", __config__=STRICT, body=(shape, ...))
    try:
        body: T = outer.model_validate({"body": values}, context=context).body  # type: ignore[attr-defined] # a model made at run time
    except ValidationError as error:
        found = [{**f, "loc": f["loc"][1:]} for f in error.errors()]
        raise SkelpError(f"{where}: {in_words(found, shape)}") from error
    return body


def in_words(found: Iterable[Mapping[str, Any]], shape: Any = None, origin: Callable[[Key], str | None] = lambda _: None) -> str:
    """Pydantic's errors as one text. `origin` gives the place where a key was set, or None if that is the file."""
    texts: dict[str, list[str]] = {}
    for key, text in described(found, shape):
        texts.setdefault(origin(key) or ".".join(map(str, key)), []).append(text)
    merged = {key: " or ".join(dict.fromkeys(faults)) for key, faults in texts.items()}
    return "; ".join(f"{key}: {text}" if key else text for key, text in merged.items() if text)


def described(found: Iterable[Mapping[str, Any]], shape: Any = None) -> Iterator[tuple[Key, str]]:
    """The key and the text of each of pydantic's errors. The known keys come from `shape`."""
    schema = TypeAdapter(shape).json_schema() if shape is not None else {}
    for fault in found:
        key, known = _key(schema, fault["loc"])
        yield key, _text(fault, known)


def _text(fault: Mapping[str, Any], known: Sequence[str]) -> str:
    kind, value, context = fault["type"], fault["input"], fault.get("ctx", {})
    if kind in _MISSING:
        return "Field required"
    if kind == "union_tag_not_found":
        return f"Field required: {context['discriminator']}"
    if kind == "value_error":
        return str(context["error"])
    if kind in _UNKNOWN:
        end = f"; {suggestion(str(fault['loc'][-1]), known)}" if known else ""
        return f"unknown key{end}"  # without its value, which may be a secret under a misspelt name
    if kind in _ONE_OF:
        value = context.get("tag", value)
        near = nearest(str(value), re.findall("'([^']*)'", context.get("expected_tags") or context["expected"]))
        return f"{fault['msg']} (got {_short(value)})" + (f"; did you mean {near}?" if near else "")
    text = "must be a list in square brackets" if kind in _LISTS else fault["msg"]
    return f"{text} (got {_short(value)})"


def _short(value: object) -> str:
    text = _IN_URL.sub(r"\1***@", repr(value))
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}..."


def _key(schema: _Schema, loc: Sequence[str | int]) -> tuple[Key, list[str]]:
    """`loc` without pydantic's union tags, and the known keys of the table that contains its last step."""
    if not schema:
        return tuple(loc), []
    key: list[str | int] = []
    known: list[str] = []
    nodes: list[_Schema] = [schema]
    for step in loc:
        options = list(_options(nodes, schema))
        tagged: list[_Schema] = [{"$ref": ref} for o in options if (ref := o.get("discriminator", {}).get("mapping", {}).get(step))]
        inner = [c for o in options if (c := _child(o, step)) is not None]
        tables = [o["properties"] for o in options if "properties" in o]
        if tagged or not (inner or tables):  # a union tag, which is no key of the file
            nodes = tagged or nodes
            continue
        key.append(step)
        nodes, known = inner, [k for table in tables for k in table]
    return tuple(key), known


def _options(nodes: Iterable[_Schema], schema: _Schema) -> Iterator[_Schema]:
    """Each node of a JSON schema, with the nodes that it refers to and its alternatives."""
    for node in nodes:
        yield node
        yield from _options(node.get("anyOf", ()), schema)
        yield from _options(node.get("oneOf", ()), schema)
        if "$ref" in node:
            yield from _options([schema["$defs"][node["$ref"].removeprefix("#/$defs/")]], schema)


def _child(node: _Schema, step: str | int) -> _Schema | None:
    """The schema of the value at a key or an index; None if there is none."""
    inner: Any = None
    if isinstance(step, str):
        inner = node.get("properties", {}).get(step, node.get("additionalProperties"))
    elif "prefixItems" in node and step < len(node["prefixItems"]):
        inner = node["prefixItems"][step]
    else:
        inner = node.get("items")
    return inner if isinstance(inner, Mapping) else None
