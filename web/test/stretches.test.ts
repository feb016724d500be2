import { describe, expect, it } from "vitest";
import type { Defect, Stretch } from "../src/api";
import { around, isCovered, isCrowded, isIn, isMixed, largestFirst, shownStretches } from "../src/stretches";

const stretch = (more: Partial<Stretch> = {}): Stretch => ({
  stretch_id: "K1-H1",
  coil_id: "K1",
  side: "top",
  class: "patch",
  from_mm: 400_000,
  to_mm: 460_000,
  across_from_mm: 300,
  across_to_mm: 600,
  defects: 4000,
  by_class: { patch: 3900, scratch: 100 },
  area_mm2: 40_000,
  per_m: 66.7,
  severity: 2,
  ...more,
});

const at = (along_mm: number, across_mm: number, more: Partial<Defect> = {}): Defect =>
  ({ along_mm, across_mm, length_mm: 0, width_mm: 0, side: "top", severity: 1, class: "patch", ...more }) as Defect;

describe("a heavy stretch", () => {
  it("holds the defects whose centre lies in it, on its side", () => {
    const s = stretch();
    expect(isIn(at(400_000, 300), s)).toBe(true);
    expect(isIn(at(399_990, 300, { length_mm: 20 }), s)).toBe(true);
    expect(isIn(at(399_990, 300), s)).toBe(false);
    expect(isIn(at(430_000, 601), s)).toBe(false);
    expect(isIn(at(430_000, 400, { side: "bottom" }), s)).toBe(false);
  });

  it("is a band while its markers would cover each other, and its markers when there is room", () => {
    expect(isCrowded(stretch(), 1, 0.3, 10)).toBe(true);
    expect(isCrowded(stretch(), 10, 2, 10)).toBe(true);
    expect(isCrowded(stretch({ defects: 60, to_mm: 400_000 + 3000 }), 400, 0.3, 10)).toBe(false);
  });

  it("stands for its slight defects, never for a severe one", () => {
    expect(isCovered(at(430_000, 400, { severity: 2 }), [stretch()])).toBe(true);
    expect(isCovered(at(430_000, 400, { severity: 3 }), [stretch()])).toBe(false);
    expect(isCovered(at(430_000, 400), [])).toBe(false);
  });

  it("is of several classes if more than one in twenty of its defects has another one", () => {
    expect(isMixed(stretch())).toBe(false);
    expect(isMixed(stretch({ by_class: { patch: 3700, scratch: 300 } }))).toBe(true);
  });

  it("is shown while a filter shows one of its classes, its side and its severity", () => {
    const shown = (hidden: string[], severity = 1, side = "") =>
      shownStretches([stretch()], { hidden: new Set(hidden), severity, side }).length;
    expect([shown([]), shown(["patch"]), shown(["patch", "scratch"])]).toEqual([1, 1, 0]);
    expect([shown([], 2), shown([], 3), shown([], 1, "top"), shown([], 1, "bottom")]).toEqual([1, 0, 1, 0]);
  });

  it("is zoomed to with a little steel beside it, and listed by its number of defects", () => {
    expect(around(stretch())).toEqual({ from_m: 397, to_m: 463 });
    expect(around(stretch({ from_mm: 0, to_mm: 1000 }))).toEqual({ from_m: 0, to_m: 1.5 });
    const few = stretch({ stretch_id: "K1-H2", defects: 60 });
    expect(largestFirst([few, stretch()]).map((s) => s.stretch_id)).toEqual(["K1-H1", "K1-H2"]);
  });
});
