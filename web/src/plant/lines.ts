import { signal } from "@preact/signals";
import { session } from "../session";
import { type Line, type Plant, readPlant } from "./rest";

/** The plant as it was last read; null before that. */
export const plant = signal<Plant | null>(null);
/** Whether the last question was answered. */
export const answers = signal(true);

const REPEAT_MS = 2000;
const QUIET_S = 15;

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

/** The state of a line: it runs, it runs and stores nothing of its coil, or it does not run. */
export type LineState = "runs" | "quiet" | "stopped";

export function stateOf(line: Line): LineState {
  if (!line.runs) return "stopped";
  return line.coil?.status === "running" && line.quiet_s > QUIET_S ? "quiet" : "runs";
}

/** The lines that somebody waits for. */
export const inUse = (all: Plant): Line[] => all.stations.filter((line) => line.in_use);
