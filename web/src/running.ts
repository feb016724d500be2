import { effect, signal } from "@preact/signals";
import { connected, station } from "./connection";
import { ask } from "./rest";
import type { Coil } from "./types";

/** The coil that runs now, as the station keeps it. */
export const runningCoil = signal<Coil | null>(null);

let asking = false;

async function look(id: string): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    runningCoil.value = await ask<Coil>(`coils/${encodeURIComponent(id)}`);
  } catch {
    runningCoil.value = null; // announced, and nothing of it kept yet
  } finally {
    asking = false;
  }
}

effect(() => {
  const id = station.value?.coil;
  if (!connected.value) return;
  if (id) void look(id);
  else runningCoil.value = null;
});
