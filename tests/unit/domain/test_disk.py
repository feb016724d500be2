"""An error of the file system is told with its cause and what to do, wherever a file is written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from skelp.cli import main
from skelp.commands import models
from skelp.domain.disk import DiskFault, cannot_write, failed, fault_of
from skelp.domain.errors import SkelpError
from skelp.sinks.names import make_folder

KNOWN = [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EIO]


def error(number: int) -> OSError:
    return OSError(number, os.strerror(number), "some/file")


def test_each_fault_has_advice_of_its_own() -> None:
    told = {fault_of(error(n)): str(cannot_write("a.txt", error(n))).rpartition("; ")[2] for n in KNOWN}
    assert DiskFault.OTHER not in told
    assert len(set(told.values())) == len(told)


def test_only_a_full_disk_asks_for_space() -> None:
    assert [n for n in KNOWN if "space" in str(cannot_write("a.txt", error(n)))] == [errno.ENOSPC, errno.EDQUOT]


def test_another_error_is_told_with_the_other_way_out_alone() -> None:
    assert str(failed("cannot write a.txt", error(errno.EPIPE), "choose b.txt")).endswith("; choose b.txt")


def test_a_name_that_is_too_long_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match="shorter name"):
        make_folder(tmp_path / ("가" * 100))


def test_a_file_where_a_folder_should_be_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("")
    with pytest.raises(SkelpError, match="rename it"):
        make_folder(tmp_path / "results" / "crops")


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, 1), (errno.EACCES, 1), (errno.EINVAL, 3)])
def test_a_command_that_a_disk_stops_is_no_bug(
    number: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(_file: Path) -> None:
        raise error(number)

    monkeypatch.setattr(models, "open_model", stop)
    assert main(["model", "verify", "m.onnx"]) == code
    assert ("this is a bug" in capsys.readouterr().err) == (code == 3)
