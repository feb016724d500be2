import type { Defect, Review } from "./types";

/** The last word of each defect: an operator's newest review counts, unless it was taken back. */
export function standing(reviews: readonly Review[]): Map<string, Review> {
  const said = new Map<string, Review[]>();
  for (const r of reviews) {
    const before = said.get(r.defect_id) ?? [];
    if (r.verdict === "withdrawn") {
      const own = before.findLastIndex((b) => b.operator === r.operator);
      if (own >= 0) before.splice(own, 1);
    } else before.push(r);
    said.set(r.defect_id, before);
  }
  return new Map([...said].flatMap(([id, all]) => (all.length ? [[id, all[all.length - 1] as Review]] : [])));
}

/** Defects nobody has judged yet, the most severe first, then along the coil. */
export function open(defects: readonly Defect[], judged: ReadonlyMap<string, Review>): Defect[] {
  return defects
    .filter((d) => !judged.has(d.defect_id))
    .sort((a, b) => b.severity - a.severity || a.along_mm - b.along_mm);
}
