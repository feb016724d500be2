import { signal } from "@preact/signals";
import { session } from "../session";
import { type Line, type Plant, readPlant } from "./rest";

/** The plant as it was last read; null before that. */
export const plant = signal<Plant | null>(null);
/** Whether the last question was answered. */
export const answers = signal(true);

const REPEAT_MS = 2000;
const QUIET_S = 15;
const RETIRED_DAYS = 30;

/** Read the plant again and again, while somebody may read it. */
export async function keepReading(): Promise<void> {
  if (session.value !== null) {
    try {
      plant.value = await readPlant();
      answers.value = true;
    } catch {
      answers.value = session.value === null; // a log-in that ended says so itself
    }
  }
  setTimeout(() => void keepReading(), REPEAT_MS);
}

/** The state of a line: it runs, it runs and stores nothing of its coil, it does not run, or it has not run for so long that nobody waits for it. */
export type LineState = "runs" | "quiet" | "stopped" | "retired";

export function stateOf(line: Line, now: string): LineState {
  const age_s =
    line.stored_at === null ? Number.POSITIVE_INFINITY : (Date.parse(now) - Date.parse(line.stored_at)) / 1000;
  if (line.runs) return line.coil?.status === "running" && age_s > QUIET_S ? "quiet" : "runs";
  return age_s > RETIRED_DAYS * 86_400 ? "retired" : "stopped";
}

/** The lines that somebody waits for. */
export const inUse = (all: Plant): Line[] => all.stations.filter((line) => stateOf(line, all.now) !== "retired");
