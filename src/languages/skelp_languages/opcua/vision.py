"""The vision system: everything that clients can read, call and hear, on a server that does not listen yet."""

from __future__ import annotations

from asyncua import Server

from skelp_languages.opcua.announcer import Announcer
from skelp_languages.opcua.asked import AskedStation
from skelp_languages.opcua.configuration_methods import ConfigurationMethods
from skelp_languages.opcua.control_methods import ControlMethods
from skelp_languages.opcua.looking import Looking
from skelp_languages.opcua.machine import Machine
from skelp_languages.opcua.methods import Methods
from skelp_languages.opcua.recipe_methods import RecipeMethods
from skelp_languages.opcua.result_methods import ResultMethods
from skelp_languages.opcua.space import build
from skelp_languages.opcua.telling import Telling
from skelp_languages.opcua.transfer import Transfer
from skelp_languages.opcua.values import Handles


class Vision:
    """A vision system: `looking` keeps its state, `telling` tells its results."""

    def __init__(self, looking: Looking, telling: Telling) -> None:
        self.looking, self.telling = looking, telling


async def make_vision(server: Server, station: AskedStation, name: str) -> Vision:
    """`name`: what clients see of the vision system."""
    space = await build(server, name)
    announcer, methods, handles = Announcer(space), Methods(space), Handles()
    machine = Machine(space, announcer)
    configurations = ConfigurationMethods(station, space, handles)
    looking = Looking(station, machine, configurations.show)
    await ResultMethods(station, handles).offer(methods, space)
    await RecipeMethods(station, handles).offer(methods, space)
    await configurations.offer(methods)
    await Transfer(station, space, methods).offer()
    await ControlMethods(station, machine, looking).offer(methods, space)
    await machine.begin()
    return Vision(looking, Telling(station, announcer, looking))
