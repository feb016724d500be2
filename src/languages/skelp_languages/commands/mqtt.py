"""`skelp mqtt`: the station as an edge node of Sparkplug B."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skelp.domain.errors import SkelpError
from skelp.validation import load
from skelp_languages import __version__
from skelp_languages.mqtt.settings import MqttSettings


def mqtt(
    settings: Annotated[Path, typer.Argument(help="Settings file; edge/mqtt.toml is an example.")],
    after: Annotated[int | None, typer.Option(min=0, help="Begin after this event, whatever was sent before. 0: everything.")] = None,
) -> None:
    """Send results to a plant's MQTT broker as Sparkplug B. It runs until Ctrl-C or SIGTERM."""
    wanted = load(settings, MqttSettings, "settings file", "edge/mqtt.toml is an example")
    try:
        from skelp_languages.mqtt.process import run  # noqa: PLC0415 - paho-mqtt is an extra
    except ImportError as error:
        raise SkelpError(
            f"skelp mqtt needs paho-mqtt 2 ({error}); install it: pip install 'skelp-languages[mqtt]=={__version__}'"
        ) from error
    run(wanted, after)
