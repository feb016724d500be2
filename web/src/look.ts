import type { DefectFound, StationEvent } from "./api";
import type { StripPlace } from "./strip";

export const isDefect = (event: StationEvent): event is DefectFound => event.kind === "defect.found";

/** The defect nearest to a place on the strip: on the same coil and side, at most `most_mm` away along the strip. */
export function nearest(found: readonly DefectFound[], place: StripPlace, most_mm: number): DefectFound | null {
  let best: DefectFound | null = null;
  let least = most_mm;
  for (const event of found) {
    if (event.coil_id !== place.coil || event.data.side !== place.side) continue;
    const away = Math.abs(event.data.along_mm - place.along_mm);
    if (away <= least) [best, least] = [event, away];
  }
  return best;
}
