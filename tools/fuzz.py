"""Feeds readers with damaged files: no traceback, no crash, no silent loss. The kinds of files are in tests/fuzzing.py.

    python tools/fuzz.py                      ten minutes for each reader, one after another
    python tools/fuzz.py pictures --seconds 60 --seed 3

Each reader runs in a process of its own with limited memory, so a crash or a hunger for memory is found too. The files of a reader that
failed are kept, and their folder is named.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.fuzzing import READERS  # noqa: E402 - the tests are no package that is installed


def main() -> int:
    """Fuzz the readers that were named, or all. Returns 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("readers", nargs="*", help=f"of {', '.join(READERS)}; all without one")
    parser.add_argument("--seconds", type=float, default=600.0, help="time for each reader")
    parser.add_argument("--memory-gb", type=float, default=4.0, help="address space of each reader's process")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the damage")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        return _run(given.readers[0], given.seconds, given.memory_gb, given.seed)
    failed = []
    for name in given.readers or READERS:
        command = [sys.executable, __file__, name, "--inside", f"--seconds={given.seconds}", f"--memory-gb={given.memory_gb}"]
        ended = subprocess.run([*command, f"--seed={given.seed}"], check=False)  # noqa: S603 - this file
        if ended.returncode:
            failed.append(f"{name} (exit code {ended.returncode}, --seed {given.seed})")
    print(f"FAILED: {', '.join(failed)}" if failed else "no reader failed")
    return 1 if failed else 0


def _run(name: str, seconds: float, memory_gb: float, seed: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_gb * 2**30),) * 2)
    rng = np.random.default_rng(seed)
    until, runs, refused = time.monotonic() + seconds, 0, 0
    with tempfile.TemporaryDirectory(prefix="skelp-fuzz-") as made:
        reader = READERS[name](Path(made))
        while time.monotonic() < until:
            try:
                refused += not reader.once(rng)
            except BaseException:
                kept = Path(tempfile.mkdtemp(prefix=f"skelp-fuzz-{name}-"))
                subprocess.run(["cp", "-r", f"{made}/.", str(kept)], check=False)  # noqa: S603, S607 - this folder
                print(f"{name}: failed after {runs} files; its folder is kept as {kept}", flush=True)
                raise
            runs += 1
    print(f"{name}: {runs} files, {refused} of them refused, the others read, in {seconds:g} s; seed {seed}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
