"""asyncua runs a method whatever its Executable is, and whatever the number and the types of its arguments are (2.1.0)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from asyncua import Node, Server, ua
from asyncua.common.ua_utils import value_to_datavalue

from skelp_languages.opcua.upstream.callers import PlantUser, caller

Outputs: TypeAlias = list[ua.Variant] | ua.StatusCode
Handler = Callable[..., Awaitable[Outputs]]
_LAST_BUILT_IN = 25


async def link(server: Server, node: Node, right: str, handler: Handler) -> None:
    """Run `handler` with the arguments' values when somebody with `right` calls the method, it is executable, and its arguments fit."""
    declared = await _input_arguments(node)

    async def call(_parent: ua.NodeId, *given: ua.Variant) -> Any:
        refused = _refusal(caller(), right, is_executable(server, node), declared, given)
        return refused if refused is not None else await handler(*(argument.Value for argument in given))

    server.link_method(node, call)


async def set_executable(server: Server, node: Node, executable: bool) -> None:
    """Say whether a method can be called at present."""
    value = value_to_datavalue(executable, ua.VariantType.Boolean)
    for attribute in (ua.AttributeIds.Executable, ua.AttributeIds.UserExecutable):
        await server.write_attribute_value(node.nodeid, value, attribute)


def is_executable(server: Server, node: Node) -> bool:
    """Whether a method can be called at present."""
    found = server.read_attribute_value(node.nodeid, ua.AttributeIds.Executable).Value
    return found is None or bool(found.Value)


async def _input_arguments(node: Node) -> list[ua.Argument]:
    for child in await node.get_properties():
        if (await child.read_browse_name()).Name == "InputArguments":
            return list(await child.read_value())
    return []


def _refusal(
    user: PlantUser, right: str, executable: bool, declared: list[ua.Argument], given: tuple[ua.Variant, ...]
) -> ua.StatusCode | ua.CallMethodResult | None:
    """Why a call is not made; None if it is. In the order of OPC 10000-4, 5.11.2."""
    codes = ua.StatusCodes
    if right not in user.rights:
        return ua.StatusCode(codes.BadUserAccessDenied)
    if not executable:
        return ua.StatusCode(codes.BadNotExecutable)
    if len(given) != len(declared):
        return ua.StatusCode(codes.BadArgumentsMissing if len(given) < len(declared) else codes.BadTooManyArguments)
    faults = [_fault(argument, value) for argument, value in zip(declared, given, strict=True)]
    if not any(faults):
        return None
    refused = ua.CallMethodResult(StatusCode=ua.StatusCode(codes.BadInvalidArgument))
    refused.InputArgumentResults = [ua.StatusCode(fault or codes.Good) for fault in faults]
    return refused


def _fault(declared: ua.Argument, given: ua.Variant) -> int:
    """BadTypeMismatch if an argument's value is not of its type, else 0. A null fits everything: the handler says what it means."""
    if given.Value is None or declared.DataType == ua.NodeId(ua.ObjectIds.BaseDataType):
        return 0
    if isinstance(given.Value, list) != (declared.ValueRank >= 0):
        return int(ua.StatusCodes.BadTypeMismatch)
    values = given.Value if isinstance(given.Value, list) else [given.Value]
    kind = ua.extension_objects_by_datatype.get(declared.DataType)
    if kind is not None:
        fits = all(isinstance(value, kind) for value in values)
    else:
        wanted = _variant_type(declared.DataType)
        fits = wanted is None or given.VariantType == wanted
    return 0 if fits else int(ua.StatusCodes.BadTypeMismatch)


def _variant_type(data_type: ua.NodeId) -> ua.VariantType | None:
    """The built-in type by which a data type goes over the wire; None where asyncua does not know."""
    base = ua.basetype_by_datatype.get(data_type)
    if base is not None:
        names = (kind.__name__ for kind in getattr(ua, base).__mro__)
        return next((ua.VariantType[name] for name in names if name in ua.VariantType.__members__), None)
    if data_type in ua.enums_by_datatype:
        return ua.VariantType.Int32
    is_built_in = data_type.NamespaceIndex == 0 and 0 < data_type.Identifier <= _LAST_BUILT_IN
    return ua.VariantType(data_type.Identifier) if is_built_in else None
