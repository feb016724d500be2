import { describe, expect, it } from "vitest";
import type { Cut } from "../src/api";
import { language } from "../src/i18n";
import { turns } from "../src/pages/cuts";
import { sidesOfCoil } from "../src/strip";

const CUT: Cut = {
  piece_id: "P1",
  piece_from_m: 0,
  piece_to_m: 10,
  coil_id: "M1",
  from_m: 0,
  to_m: 10,
  head_to_tail: false,
  turned_over: false,
  sides_exchanged: false,
  trimmed_operator_mm: 0,
  trimmed_drive_mm: 0,
  width_mm: null,
};

describe("a cut", () => {
  it("says how it was turned and trimmed", () => {
    language.value = "en";
    expect(turns(CUT)).toBe("");
    expect(turns({ ...CUT, head_to_tail: true, turned_over: true, trimmed_drive_mm: 12.5 })).toBe(
      " · tail first · turned over · drive side trimmed by 12.5 mm",
    );
    language.value = "ko";
    expect(turns({ ...CUT, sides_exchanged: true, trimmed_operator_mm: 5 })).toBe(
      " · 조작측·구동측 바뀜 · 조작측 5 mm 절단",
    );
  });
});

describe("the sides of a coil", () => {
  const cameras = [
    { name: "a", side: "top" },
    { name: "b", side: "top" },
  ];
  it("are those of the station, unless the coil was turned over", () => {
    expect(sidesOfCoil(["a"], cameras)).toEqual(["top"]);
    expect(sidesOfCoil(["a", "gone"], [...cameras, { name: "c", side: "bottom" }])).toEqual(["top", "bottom"]);
    expect(sidesOfCoil(["a~over", "b~over"], cameras)).toEqual(["bottom"]);
    expect(sidesOfCoil(["a", "a~over"], cameras)).toEqual(["top", "bottom"]);
    expect(sidesOfCoil(["gone~over"], cameras)).toEqual(["top", "bottom"]);
  });
});
