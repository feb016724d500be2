import type { Defect, Stretch } from "./api";
import type { Filter, Range } from "./filters";

/** From this severity on, a defect is drawn also where a band stands for the others. */
const SEVERE = 3;
/** The places of a stretch are rounded to 0.1 mm. */
const ROUNDED_MM = 0.051;

/** Whether the centre of a defect lies in a stretch. */
export function isIn(d: Defect, s: Stretch): boolean {
  const [along, across] = [d.along_mm + d.length_mm / 2, d.across_mm + d.width_mm / 2];
  return (
    d.side === s.side &&
    along >= s.from_mm - ROUNDED_MM &&
    along <= s.to_mm + ROUNDED_MM &&
    across >= s.across_from_mm - ROUNDED_MM &&
    across <= s.across_to_mm + ROUNDED_MM
  );
}

/** Whether the markers of a stretch's defects would cover each other: each has less room than a marker of `marker` px takes. */
export function isCrowded(s: Stretch, pxPerM: number, pxPerMm: number, marker: number): boolean {
  const [long, wide] = [((s.to_mm - s.from_mm) / 1000) * pxPerM, (s.across_to_mm - s.across_from_mm) * pxPerMm];
  return (long + marker) * (wide + marker) < s.defects * marker * marker;
}

/** Whether a band stands for a defect. A severe defect is always drawn itself. */
export const isCovered = (d: Defect, bands: readonly Stretch[]): boolean =>
  d.severity < SEVERE && bands.some((s) => isIn(d, s));

/** The stretches with defects that a filter shows. */
export const shownStretches = (stretches: readonly Stretch[], filter: Filter): Stretch[] =>
  stretches.filter(
    (s) =>
      (!filter.side || s.side === filter.side) &&
      s.severity >= filter.severity &&
      Object.keys(s.by_class).some((name) => !filter.hidden.has(name)),
  );

/** Whether its class alone would say too little: more than one in twenty of its defects has another one. */
export const isMixed = (s: Stretch): boolean => (s.by_class[s.class] ?? 0) < 0.95 * s.defects;

/** The part of the coil around a stretch. */
export function around(s: Stretch): Range {
  const beside = Math.max(500, (s.to_mm - s.from_mm) / 20);
  return { from_m: Math.max(0, s.from_mm - beside) / 1000, to_m: (s.to_mm + beside) / 1000 };
}

/** Those with the most defects first. */
export const largestFirst = (stretches: readonly Stretch[]): Stretch[] =>
  [...stretches].sort((a, b) => b.defects - a.defects || a.from_mm - b.from_mm);
