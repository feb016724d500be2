import { useEffect, useState } from "preact/hooks";
import { station } from "./connection";
import { ask } from "./rest";
import type { Coil, Defect, Interval } from "./types";

export interface CoilData {
  coil: Coil | null;
  defects: Defect[];
  account: Interval[];
  problem: string;
}

const PAGE = 10_000;
const AGAIN_MS = 2000;

/** A coil with everything found on it; while it runs, what is new comes along. */
export function useCoil(id: string | null): CoilData {
  const [data, setData] = useState<CoilData>({ coil: null, defects: [], account: [], problem: "" });
  useEffect(() => {
    if (!id) return;
    let gone = false;
    let cursor = 0;
    let revision = -1;
    let defects: Defect[] = [];
    const path = `coils/${encodeURIComponent(id)}`;
    const look = async () => {
      try {
        const coil = await ask<Coil>(path);
        if (coil.revision !== revision) {
          for (let more = true; more && !gone; ) {
            const page = await ask<{ defects: Defect[]; last: number; next: number | null }>(
              `${path}/defects?cursor=${cursor}&limit=${PAGE}`,
            );
            defects = [...defects, ...page.defects];
            cursor = page.last;
            more = page.next !== null;
          }
          const account = (await ask<{ intervals: Interval[] }>(`${path}/coverage`)).intervals;
          revision = coil.revision;
          if (!gone) setData({ coil, defects, account, problem: "" });
        }
        if (!gone && coil.status !== "final") timer = setTimeout(look, AGAIN_MS);
      } catch (error) {
        if (gone) return;
        setData((before) => ({ ...before, problem: error instanceof Error ? error.message : String(error) }));
        timer = setTimeout(look, AGAIN_MS);
      }
    };
    let timer = setTimeout(look, 0);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [id]);
  return data;
}

/** The coil that a page is about: the one asked for, else the running one, else the one before it. */
export function useShownCoil(asked: string | null): string | null {
  const [latest, setLatest] = useState<string | null>(null);
  const running = station.value?.coil ?? null;
  useEffect(() => {
    if (asked || running) return;
    void ask<{ coils: Coil[] }>("coils?limit=1").then(
      (p) => setLatest(p.coils[0]?.coil_id ?? null),
      () => undefined,
    );
  }, [asked, running]);
  return asked ?? running ?? latest;
}
