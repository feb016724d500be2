import type { Defect, Standing } from "./api";
import { get } from "./rest";

/** What stands for each reviewed defect, by defect id. The station decides it (domain/review.py); the console only shows it. */
export type StandingById = ReadonlyMap<string, Standing>;

export const byId = (all: readonly Standing[]): StandingById => new Map(all.map((s) => [s.defect_id, s]));

/** Read what stands for a coil's defects, page by page. */
export async function readStanding(coil_id: string): Promise<StandingById> {
  const all: Standing[] = [];
  for (let cursor: number | null = 0; cursor !== null; ) {
    const page: { standing: Standing[]; next: number | null } = await get(
      "/api/v1/coils/{coil_id}/reviews/standing",
      { coil_id },
      { cursor, limit: 10_000 },
    );
    all.push(...page.standing);
    cursor = page.next;
  }
  return byId(all);
}

/** The defects without a standing review: the most severe first, then along the coil. */
export function toReview(defects: readonly Defect[], standing: StandingById): Defect[] {
  return defects
    .filter((d) => (standing.get(d.defect_id)?.result ?? "open") === "open")
    .sort((a, b) => b.severity - a.severity || a.along_mm - b.along_mm);
}

/** How many defects operators disagree on. */
export const disputes = (standing: StandingById): number =>
  [...standing.values()].filter((s) => s.result === "disputed").length;
