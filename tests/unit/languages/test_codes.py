"""Every language names a defect by the plant's and the cluster's codes where it was recorded with them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from skelp_client import Defect, DefectCodes
from skelp_languages.level2.values import defect_values
from skelp_languages.opcua.defects_file import defects_csv

PLAIN = Defect(
    "K1-000001", "K1", "scratch", "SC", 3, 0.9, 0.8, "top", "top-1", 1200.0, 30.5, 12.0, 3.0, 30.0, 0.0, -0.2,
    cut_by_gap=False, line=4800, lines=48, column=122, columns=12, revision=1,
)  # fmt: skip
CODED = replace(PLAIN, codes=DefectCodes("P-417", "KS-03"))


def test_level_2_hears_the_plants_code_else_the_models() -> None:
    named = [(v["class_code"], v["cluster_code"]) for v in (defect_values(d, 1) for d in (CODED, PLAIN, replace(PLAIN, code="")))]
    assert named == [("P-417", "KS-03"), ("SC", ""), ("scratch", "")]


def test_the_result_file_of_opc_ua_has_all_codes() -> None:
    rows = csv.DictReader(io.StringIO(defects_csv([CODED, PLAIN]).decode()))
    assert [(r["code"], r["plant_code"], r["cluster_code"]) for r in rows] == [("SC", "P-417", "KS-03"), ("SC", "", "")]
