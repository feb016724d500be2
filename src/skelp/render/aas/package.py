"""Packs an environment and its files as AASX: a zip with the parts of the Open Packaging Conventions."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

FOLDER = "/aasx/files"
"""Where files lie in the package."""
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KIND = "http://admin-shell.io/aasx/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'


def packed(environment: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]]) -> bytes:
    """The package. `files`: content type and content, by a plain name with an extension."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _content_types({name.rpartition(".")[2]: kind for name, (kind, _) in files.items()}))
        package.writestr("_rels/.rels", _relationships(("aasx-origin", "/aasx/aasx-origin")))
        package.writestr("aasx/aasx-origin", b"")
        package.writestr("aasx/_rels/aasx-origin.rels", _relationships(("aas-spec", "/aasx/data.json")))
        package.writestr("aasx/data.json", json.dumps(environment, ensure_ascii=False))
        package.writestr("aasx/_rels/data.json.rels", _relationships(*(("aas-suppl", f"{FOLDER}/{name}") for name in files)))
        for name, (_, content) in files.items():
            package.writestr(f"{FOLDER[1:]}/{name}", content)
    return out.getvalue()


def _content_types(of_files: Mapping[str, str]) -> str:
    kinds = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "json": "application/json", **of_files}
    rows = "".join(f'<Default Extension="{extension}" ContentType="{kind}"/>' for extension, kind in kinds.items())
    origin = '<Override PartName="/aasx/aasx-origin" ContentType="text/plain"/>'
    return f'{_XML}<Types xmlns="{_CONTENT_TYPES}">{rows}{origin}</Types>'


def _relationships(*targets: tuple[str, str]) -> str:
    rows = "".join(f'<Relationship Id="R{n}" Type="{_KIND}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(targets))
    return f'{_XML}<Relationships xmlns="{_RELATIONSHIPS}">{rows}</Relationships>'
