"""How every command of the bench ends: 0 done, 1 a known error on one line, 3 a bug, 130 interrupted."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence

from skelp.domain.errors import SkelpError


def run(main: Callable[[Sequence[str]], None]) -> None:
    """Run a command on the process's arguments and exit."""
    try:
        main(sys.argv[1:])
    except SkelpError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from error
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        raise SystemExit(130) from None
    except Exception:  # noqa: BLE001 - the outermost frame: what comes here is a bug, and says so
        traceback.print_exc()
        raise SystemExit(3) from None
