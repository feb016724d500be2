"""Measures skelp and others side by side: python -m benchmarks.others [--install] [--rounds 3] [--seconds 5] [--out FILE] [--plot FILE]

All see the same frames, 4096 px wide, of simulated strip with defects. In each round each contender runs once, in a process of its own,
with all cores. The figure is the ratio within a round. What cannot be measured is printed with the reason.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.line import LINES
from benchmarks.machine import machine
from benchmarks.others import venvs
from benchmarks.others.contenders import DEFECTS, WIDTH, contenders
from benchmarks.others.measuring import FRAMES
from benchmarks.others.plot import plot
from benchmarks.others.rounds import not_measured, rounds, table
from skelp.bench import BAD_COIL, strip_of
from skelp.terminal import print_line, print_rows


def main() -> None:
    """Install the environments, or measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="make the environments of the others, and measure nothing")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each contender runs in a round")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these contenders")
    parser.add_argument("--folder", type=Path, default=Path("runs/others"), help="for frames and model files")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    if arguments.install:
        _install()
        return
    folder = arguments.folder.resolve()
    chosen = contenders(folder)
    names = [c.name for c in chosen]
    if unknown := sorted(set(arguments.only or ()) - set(names)):
        parser.error(f"no contenders {unknown}; there are {', '.join(names)}")
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / FRAMES, np.stack(list(strip_of(WIDTH, LINES, BAD_COIL.times(DEFECTS)))))
    facts = machine()
    found = rounds([c for c in chosen if c.name in (arguments.only or names)], folder, arguments.rounds, arguments.seconds)
    print_rows(table(found))
    for line in not_measured(found):
        print_line(line)
    if arguments.out:
        arguments.out.write_text(json.dumps({"machine": facts, "contenders": found}, indent=1) + "\n", encoding="utf-8")
    if arguments.plot:
        plot(found, arguments.plot)


def _install() -> None:
    failed = False
    for name in venvs.PACKAGES:
        print_line(f"installing {venvs.FOLDER / name}: {', '.join(venvs.PACKAGES[name])}")
        try:
            venvs.install(name)
        except subprocess.CalledProcessError as error:
            failed = True
            print_line(f"{name} cannot be installed: {error}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
