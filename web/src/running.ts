import { effect, signal } from "@preact/signals";
import type { Coil, Interval } from "./api";
import { connected, station } from "./connection";
import { get } from "./rest";

/** The coil that runs now, as REST has it. */
export const runningCoil = signal<Coil | null>(null);

/** The metre from which the running coil is not inspected; null while the station inspects. */
export const lostFrom = signal<number | null>(null);

/** The metre at which the last interval ends that was inspected, fully or not. */
export function endOfInspected(intervals: readonly Interval[]): number {
  return intervals.findLast((i) => i.state !== "lost")?.to_m ?? 0;
}

let asking = false;

async function read(coil_id: string): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    runningCoil.value = await get("/api/v1/coils/{coil_id}", { coil_id });
    lostFrom.value = station.value?.ready
      ? null
      : endOfInspected((await get("/api/v1/coils/{coil_id}/coverage", { coil_id })).intervals);
  } catch {
    runningCoil.value = lostFrom.value = null; // the coil was announced, and no result of it is stored yet
  } finally {
    asking = false;
  }
}

effect(() => {
  const id = station.value?.coil;
  if (!connected.value) return;
  if (id) void read(id);
  else runningCoil.value = lostFrom.value = null;
});
