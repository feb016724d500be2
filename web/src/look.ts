import type { StripPlace } from "./strip";
import type { StationEvent } from "./types";

export const isDefect = (e: StationEvent): boolean => e.kind === "defect.found";

/** The defect told of that lies nearest to a place of the strip, on its coil and side, within `most_mm` along. */
export function nearest(told: readonly StationEvent[], place: StripPlace, most_mm: number): StationEvent | null {
  let best: StationEvent | null = null;
  let least = most_mm;
  for (const e of told) {
    if (e.coil_id !== place.coil || e.data.side !== place.side) continue;
    const away = Math.abs(Number(e.data.along_mm) - place.along_mm);
    if (away <= least) [best, least] = [e, away];
  }
  return best;
}
