"""A cable between two networks of this machine, which a test pulls: no packet passes, and nobody is told."""

from __future__ import annotations

import os
import shutil
import subprocess
from types import TracebackType
from typing import Self

import pytest


class Cable:
    """A network namespace behind a veth pair. Skips the test without root.

    `number` 0 to 255 is a network of its own, 10.N.x: a killed run may have left its cable. A command after `inside` runs at the far end.
    """

    def __init__(self, number: int) -> None:
        self._space, self._end = f"skelp{number}-{os.getpid()}", f"sk{number}x{os.getpid() % 100000}"
        net = f"10.{number}.{os.getpid() % 256}"
        self.near, self.far = f"{net}.1", f"{net}.2"
        self.inside = ["ip", "netns", "exec", self._space]

    def __enter__(self) -> Self:
        far_end = f"{self._end}b"
        made = shutil.which("ip") and _run("ip", "netns", "add", self._space)
        if not made or not _run("ip", "link", "add", self._end, "type", "veth", "peer", "name", far_end, "netns", self._space):
            self.__exit__(None, None, None)
            pytest.skip("needs iproute2 and the right to make network namespaces (root)")
        there = ("ip", "-n", self._space)
        for command in (
            ("ip", "addr", "add", f"{self.near}/24", "dev", self._end),
            ("ip", "link", "set", self._end, "up"),
            (*there, "link", "set", "lo", "up"),
            (*there, "addr", "add", f"{self.far}/24", "dev", far_end),
            (*there, "link", "set", far_end, "up"),
        ):
            assert _run(*command), command
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        _run("ip", "link", "del", self._end)
        _run("ip", "netns", "del", self._space)

    def pull(self) -> None:
        assert _run("ip", "link", "set", self._end, "down")

    def plug(self) -> None:
        assert _run("ip", "link", "set", self._end, "up")


def _run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
