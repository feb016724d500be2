"""Make the font of the pictures that skelp draws: .venv/bin/python tools/coil_map_font.py

Pillow's own font has no Hangul, and a station may have no fonts at all, so the wheel carries one. This script cuts it out of Noto Sans
CJK (Debian's fonts-noto-cjk 1:20220127+repack1-1, SIL Open Font License 1.1) with fontTools. The result holds Latin, Greek and Cyrillic
letters, punctuation, the 2350 Hangul syllables of KS X 1001, and single jamo, with which skelp.render.lettering spells other syllables.
The same input gives the same file, byte by byte.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

NOTO = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FACE = "Noto Sans CJK KR"
FONT = Path(__file__).parents[1] / "src" / "skelp" / "render" / "fonts" / "skelp-sans.otf"
NAME = "Skelp Sans"
"""The cut font has a name of its own: it is a modified version in the sense of its licence."""

_ROWS, _CELLS = range(0xB0, 0xC9), range(0xA1, 0xFF)
HANGUL = [bytes((row, cell)).decode("euc_kr") for row in _ROWS for cell in _CELLS]
JAMO = map(chr, range(0x3131, 0x3164))
LETTERS = map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x391, 0x3CA), *range(0x400, 0x460), *range(0x2010, 0x2027)])
SIGNS = "←↑→↓\u2212≤≥€▲◆"


def main() -> int:
    """Write the font; 1 if Noto Sans CJK is not installed."""
    if not NOTO.is_file():
        print(f"{NOTO} is missing: apt-get install fonts-noto-cjk", file=sys.stderr)
        return 1
    font = next(f for f in TTCollection(str(NOTO)).fonts if f["name"].getDebugName(4) == FACE)
    _cut(font)
    _rename(font)
    font.recalcTimestamp = False
    font.save(FONT)
    print(f"{FONT}: {FONT.stat().st_size} bytes, {len(font.getBestCmap())} characters")
    return 0


def _cut(font: TTFont) -> None:
    options = subset.Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 4, 6, 13, 14], notdef_outline=True)
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join([*HANGUL, *JAMO, *LETTERS, *SIGNS]))
    cutter.subset(font)


def _rename(font: TTFont) -> None:
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = NAME
        elif record.nameID == 6:
            record.string = NAME.replace(" ", "") + "-Regular"
    inside = font["CFF "].cff
    inside.fontNames = [NAME.replace(" ", "") + "-Regular"]
    inside.topDictIndex[0].FullName = inside.topDictIndex[0].FamilyName = NAME


if __name__ == "__main__":
    sys.exit(main())
