"""Lists the pictures of folders, and everything that is not listed with the reason why."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import CoilPicturesLeftOut, CoilPicturesMissing, Reason
from skelp.pictures.kinds import READ, has_picture_content, has_picture_name, is_result, is_system
from skelp.pictures.numbering import Missing, missing
from skelp.pictures.order import Order, natural, undoubted

_NAMED = 8
"""So many files are named in a line of what was left out."""


class Why(StrEnum):
    """Why a file or folder is left out."""

    SUBFOLDER = "subfolder"
    """A folder inside the folder. --recursive reads it."""
    HIDDEN = "hidden"
    """A picture whose name begins with a dot."""
    NAME = "name"
    """A picture whose name does not end as a picture's does."""
    UNLABELLED = "unlabelled"
    """A picture that the labels do not name."""
    SPECIAL = "special"
    """Neither a file nor a folder: a pipe, a socket or a device."""
    OTHER = "other"
    """Not a picture."""
    SYSTEM = "system"
    """Left there by an operating system or another program."""
    RESULT = "result"
    """Written by skelp itself."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that is not read. `file`: its path below the folder that was named. `pictures`: how many pictures it is or has."""

    file: str
    why: Why
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """The pictures to read, in order, and what was left out beside them.

    `files` has every file with a picture's name, also of formats that skelp does not read. These fail with their reason when they are read.
    `missing`: what the numbers in their names say is not there.
    """

    files: tuple[Path, ...]
    left_out: tuple[LeftOut, ...] = ()
    missing: Missing | None = None

    @property
    def pictures_left_out(self) -> int:
        """Number of pictures among what was left out."""
        return sum(x.pictures for x in self.left_out)

    @property
    def reasons(self) -> list[Reason]:
        """Why a strip of these pictures cannot be accepted: pictures were left out, or are missing. Empty if none was."""
        first = next((x.file for x in self.left_out if x.pictures), "")
        found: list[Reason] = [CoilPicturesLeftOut(self.pictures_left_out, first)] if first else []
        return [*found, CoilPicturesMissing(self.missing.pictures, self.missing.after)] if self.missing else found

    @property
    def records(self) -> list[dict[str, Any]]:
        """What was left out, in types of JSON."""
        return left_out_records(self.left_out)

    @property
    def in_words(self) -> str:
        """What was left out, in one line; empty if nothing was."""
        return f"left out: {left_out_names(self.left_out)}" if self.left_out else ""


def left_out_records(left_out: Sequence[LeftOut]) -> list[dict[str, Any]]:
    """What was left out, in types of JSON."""
    return [{"file": x.file, "why": x.why.value, "pictures": x.pictures} for x in left_out]


def left_out_names(left_out: Sequence[LeftOut]) -> str:
    """What was left out, in one line: the first names, and how many more."""
    named = ", ".join(f"{x.file} ({x.why}{f', {x.pictures} pictures' if x.pictures > 1 else ''})" for x in left_out[:_NAMED])
    more = f" and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
    return f"{named}{more}"


def list_pictures(paths: Sequence[Path], *, recursive: bool = False, order: Order | None = None) -> Listing:
    """Lists the named picture files, and the pictures of the named folders.

    `order` None: natural order, where it is the only one that the names allow. `given`: files as they were named, folders in natural order.
    Raises SkelpError if a path does not exist, a picture is named twice, there is no picture, or the order is not clear.
    """
    found: list[list[Path]] = []
    left_out: list[LeftOut] = []
    for path in paths:
        if os.path.isdir(path):
            inside = _Folder(path, recursive)
            found.append(_ordered(inside.files, order, path))
            left_out += inside.left_out
        elif os.path.isfile(path):  # Path.is_file raises if the name is too long
            found.append([path])
        else:
            raise SkelpError(f"there is no file or folder {path}; give pictures or folders of pictures")
    files = _as_named([f for part in found for f in part], paths, order)
    _check_once(files)
    if not files:
        names = ", ".join(str(p) for p in paths)
        beside = Listing((), tuple(left_out)).in_words
        raise SkelpError(f"no picture in {names}{f' ({beside})' if beside else ''}; expected files ending in {', '.join(sorted(READ))}")
    return Listing(tuple(files), tuple(left_out), missing(files) if order in (None, "natural") else None)


def _ordered(files: Sequence[Path], order: Order | None, folder: Path) -> list[Path]:
    if order == "name":
        return sorted(files)
    below = [f.relative_to(folder) for f in files]
    return [folder / f for f in (natural(below) if order else undoubted(below))]


def _as_named(files: list[Path], paths: Sequence[Path], order: Order | None) -> list[Path]:
    """Files that were named one by one: a shell's frame_*.png names frame_10 before frame_2."""
    if len(paths) < 2 or any(p.is_dir() for p in paths) or order == "given":
        return files
    if order:
        return sorted(files) if order == "name" else natural(files)
    if files != natural(files):
        first = next(f for f, g in zip(files, natural(files), strict=True) if f != g)
        raise SkelpError(f"the files are not named in natural order, from {first.name} on; say --order natural or --order given")
    return files


def _check_once(files: Iterable[Path]) -> None:
    seen: dict[tuple[int, int], Path] = {}
    for file in files:
        try:
            status = file.stat()
        except OSError:  # a link to nothing, which is lost with its reason
            continue
        inode = (status.st_dev, status.st_ino)
        if inode in seen:
            raise SkelpError(f"{file} is the same file as {seen[inode]}, so its steel would be inspected twice; keep one of them")
        seen[inode] = file


class _Folder:
    """The pictures of one folder, not yet in order, and what was left out."""

    def __init__(self, folder: Path, recursive: bool) -> None:
        self.files: list[Path] = []
        self.left_out: list[LeftOut] = []
        self._folder, self._recursive = folder, recursive
        for path in _entries(folder):
            self._take(path)

    def _take(self, path: Path) -> None:
        if is_system(path):
            self._leave(path, Why.SYSTEM)
        elif is_result(path):
            self._leave(path, Why.RESULT)
        elif path.is_dir() and self._recursive and not path.is_symlink():
            for inner in _entries(path):
                self._take(inner)
        elif path.is_dir():
            pictures = sum(1 for _ in _pictures_below(path))
            self._leave(path, Why.SUBFOLDER if pictures else Why.OTHER, pictures)
        elif path.exists() and not path.is_file():
            self._leave(path, Why.SPECIAL, int(has_picture_name(path)))
        elif path.name.startswith("."):
            picture = has_picture_content(path)
            self._leave(path, Why.HIDDEN if picture else Why.SYSTEM, int(picture))
        elif has_picture_name(path):
            self.files.append(path)
        else:
            picture = has_picture_content(path)
            self._leave(path, Why.NAME if picture else Why.OTHER, int(picture))

    def _leave(self, path: Path, why: Why, pictures: int = 0) -> None:
        self.left_out.append(LeftOut(path.relative_to(self._folder).as_posix(), why, pictures))


def _entries(folder: Path) -> list[Path]:
    try:
        return natural(list(folder.iterdir()))
    except OSError as error:
        raise SkelpError(f"folder {folder} cannot be read: {error.strerror}; allow this user to read it") from error


def _pictures_below(folder: Path) -> Iterator[Path]:
    """Pictures in a folder that is not read, at any depth."""
    for root, folders, names in os.walk(folder):
        here = Path(root)
        folders[:] = [f for f in folders if not is_system(here / f) and not is_result(here / f)]
        for path in (here / n for n in names):
            if not is_system(path) and not is_result(path) and (has_picture_name(path) or has_picture_content(path)):
                yield path
