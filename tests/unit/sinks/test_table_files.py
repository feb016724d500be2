"""What writes tables to files."""

from __future__ import annotations

import sys

import pytest

from skelp.domain.errors import SkelpError
from skelp.sinks.table_files import maker_of


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SkelpError, match=r"pip install 'skelp\[parquet\]'"):
        maker_of("parquet")
