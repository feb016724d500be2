import { effect, signal } from "@preact/signals";
import { connected, station } from "./connection";
import { ask } from "./rest";
import type { Coil, Interval } from "./types";

/** The coil that runs now, as the station keeps it. */
export const runningCoil = signal<Coil | null>(null);

/** The metre from which the running coil is not inspected; null while the station inspects. */
export const unseenFrom = signal<number | null>(null);

/** Where the last stretch ends that was inspected, or at least partly. */
export function endOfSeen(intervals: readonly Interval[]): number {
  return intervals.findLast((i) => i.state !== "lost")?.to_m ?? 0;
}

let asking = false;

async function look(id: string): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    const path = `coils/${encodeURIComponent(id)}`;
    runningCoil.value = await ask<Coil>(path);
    unseenFrom.value = station.value?.ready
      ? null
      : endOfSeen((await ask<{ intervals: Interval[] }>(`${path}/coverage`)).intervals);
  } catch {
    runningCoil.value = unseenFrom.value = null; // announced, and nothing of it kept yet
  } finally {
    asking = false;
  }
}

effect(() => {
  const id = station.value?.coil;
  if (!connected.value) return;
  if (id) void look(id);
  else runningCoil.value = unseenFrom.value = null;
});
