"""The place of a language: whole or not there, one process at a time, and refused where it is not understood."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from skelp.domain.errors import SkelpError
from skelp_languages import place as module
from skelp_languages.place import Place, PlaceFile


def test_it_is_kept_over_processes(tmp_path: Path) -> None:
    with PlaceFile(tmp_path / "p.json") as place:
        assert place.place is None
        place.begin("f", 3)
        assert not place.begun(5)
        assert place.begun(5), "a second try may be a repeat"
    with PlaceFile(tmp_path / "p.json") as place:
        assert place.place == Place("f", 3, 5)
        place.told(5)
        assert place.begun(4)
        assert not place.begun(6)


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    with PlaceFile(tmp_path / "p.json"), pytest.raises(SkelpError, match=r"p\.json is in use"), PlaceFile(tmp_path / "p.json"):
        pass
    with PlaceFile(tmp_path / "p.json"):
        pass


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"feed_id": "f", "after": 1}',
        '{"feed_id": "f", "after": 3, "begun": 1}',
        '{"feed_id": "f", "after": -1, "begun": 1}',
        "\xff",
    ],
)
def test_a_file_that_is_no_place_is_refused_by_name_and_stays(tmp_path: Path, text: str) -> None:
    file = tmp_path / "p.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(SkelpError, match=r"p\.json"), PlaceFile(file):
        pass
    assert file.read_text(encoding="latin-1") == text


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match="no-folder"), PlaceFile(tmp_path / "no-folder" / "p.json"):
        pass


def test_a_full_disk_ends_it_and_the_place_before_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with PlaceFile(tmp_path / "p.json") as place:
        place.begin("f", 3)
        with monkeypatch.context() as patch:
            patch.setattr("skelp.whole_file.to_disk", full)
            with pytest.raises(SkelpError, match="free space"):
                place.told(4)
        assert place.place == Place("f", 3, 3), "what is not on the disk does not count"
    with PlaceFile(tmp_path / "p.json") as place:
        assert place.place == module.Place("f", 3, 3)
