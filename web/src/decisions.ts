// Which decision on a coil stands, and what a recipe would change.

import type { Coil, Decision, Preview, Revision } from "./api";

/** From the best to the worst. */
export const DECISIONS: readonly Decision[] = ["accept", "downgrade", "hold", "scrap"];

type Decided = Pick<Coil, "decision" | "reasons" | "recipe">;

/** What skelp says of a coil: its newest decision by another recipe, else its first one. */
export const bySkelp = (coil: Decided & { revised: Revision | null }): Decided => coil.revised ?? coil;

/** The decision that stands: a person's, else skelp's newest. */
export const stands = (coil: Coil): Decision => coil.override?.decision ?? bySkelp(coil).decision;

/** How often each decision comes, before and with the recipe that was tried; decisions that never come are left out. */
export const counts = (tried: Preview): { decision: Decision; was: number; now: number }[] =>
  DECISIONS.map((decision) => ({ decision, was: tried.was[decision] ?? 0, now: tried.now[decision] ?? 0 })).filter(
    (count) => count.was + count.now > 0,
  );

/** How many coils get each decision that did not have it, the worst decision first. These are whole numbers of coils: where one coil
 * comes to a decision and another one leaves it, the counts stay the same, and this does not. */
export const newly = (tried: Preview): { decision: Decision; coils: number }[] =>
  DECISIONS.map((decision) => ({ decision, coils: tried.changed.filter((c) => c.now === decision).length }))
    .filter((change) => change.coils > 0)
    .reverse();
