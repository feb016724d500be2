"""A wrong station file is refused before anything starts, and what is wrong is said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cameras = 1", "cameras"),
        ('name = "x"\n', "cameras: Field required"),
        ('colour = "red"\n[[cameras]]\nkind="synthetic"\n', "colour: unknown key"),
        ('[server]\nhost = "0.0.0.0"\n[[cameras]]\nkind="synthetic"\n', "skelp tls new NAME --out FOLDER makes them"),
        ('[server]\nhost = "0.0.0.0"\n[[cameras]]\nkind="synthetic"\n', "skelp user new, programs with skelp token new"),
        ('[server]\nhost = "::"\ntokens = false\n[[cameras]]\nkind="synthetic"\n', "callers need a token; remove tokens = false"),
        ('[server]\ncertificate = "a.pem"\n[[cameras]]\nkind="synthetic"\n', "give both, or neither"),
        (
            '[server]\nhost = "0.0.0.0"\ncertificate = "a.pem"\nprivate_key = "a.key"\n[[cameras]]\nkind="synthetic"\n',
            "a.pem, which [server] names",
        ),
        ('[[cameras]]\nkind="synthetic"\n[[cameras]]\nkind="synthetic"\n', "its own name"),
        ('[[cameras]]\nkind="synthetic"\nwidth=7\n', "width"),
        ("x = = 1", "is not TOML"),
    ],
)
def test_a_wrong_station_file_is_refused(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text(text)
    done = subprocess.run([sys.executable, "-m", "skelp", "run", str(file)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
