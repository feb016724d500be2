"""Makes file names of ids and names in any script, and folders for results."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

from skelp.domain.disk import cannot_write

MAX_BYTES = 239
"""The longest safe name. Linux allows 255 bytes; the rest is for endings such as `-mask.png`."""
_CUT = "~"
"""Stands before the hash of a name that was cut. It is in no other safe name, because `~` in a text is encoded."""
_HASH_DIGITS = 24


def safe_name(text: str) -> str:
    """Make a file name of any text. Equal texts (in NFC) have equal names, and different ones have different names.

    Letters, marks and digits of every script, dash and underscore stay. All other characters are percent-encoded. A name of more than
    MAX_BYTES bytes is cut, and ends with `~` and a hash of the text.
    """
    normal = unicodedata.normalize("NFC", text)
    name = "".join(c if _stays(c) else _encoded(c) for c in normal) or "%"
    return _cut(name, normal)


def file_name(made: str) -> str:
    """The file name of an id that was made from a safe name, such as a defect's. It is not encoded a second time, but cut if need be."""
    return _cut(made, made) if made and _is_encoded(made) else safe_name(made)


def make_folder(folder: Path, choose: str = "choose another storage.folder") -> None:
    """Create a folder for results. Raises SkelpError with what to do if that fails; `choose` is another way out."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(f"to the folder {folder}", error, choose) from error


def is_safe(name: str) -> bool:
    """Whether a text can be a safe name, so that it names a file of its folder and nothing else."""
    return 0 < len(name.encode(errors="surrogatepass")) <= MAX_BYTES and _is_encoded(name)


def readable(name: str) -> str:
    """The name of a file for people. Bytes that are not UTF-8 are read as CP949 (Korean Windows), else shown as escapes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        data = name.encode(errors="surrogateescape")
        try:
            return data.decode("cp949")
        except UnicodeDecodeError:
            return name.encode(errors="backslashreplace").decode()
    return name


def _cut(name: str, text: str) -> str:
    """The name; if it is too long, its beginning with a hash of the text that it stands for."""
    if len(name.encode()) <= MAX_BYTES:
        return name
    mark = _CUT + hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_HASH_DIGITS]
    return name.encode()[: MAX_BYTES - len(mark)].decode(errors="ignore") + mark


def _is_encoded(name: str) -> bool:
    """Whether a text has only characters that safe names have."""
    return all(_stays(c) or c in "%~" for c in name)


def _stays(c: str) -> bool:
    return c in "-_" or unicodedata.category(c)[0] in "LMN"


def _encoded(c: str) -> str:
    """The bytes of a character, each as % and two digits. A byte of a file name that is no UTF-8 is encoded as it is."""
    data = c.encode(errors="surrogateescape") if "\udc80" <= c <= "\udcff" else c.encode(errors="surrogatepass")
    return "".join(f"%{b:02X}" for b in data)
