import { useEffect, useMemo, useState } from "preact/hooks";
import type { Coil, Defect, Interval, LineStretch, Periodic, Stretch } from "./api";
import { station } from "./connection";
import { MARK } from "./filters";
import { get, Refused } from "./rest";

/** A coil with its defects, its marks that are no defects, its series of defects that repeat, its heavy stretches, the states of the line in which it passed, and its coverage. `cameras`: the names of those that looked at it. `width_mm` is the widest steel seen on it; `problem` is why it cannot be read now; `gone` says
 * that its defects were deleted, so that nobody takes it for a coil without defects. `again` reads it anew. */
export interface CoilData {
  coil: Coil | null;
  defects: Defect[];
  marks: Defect[];
  periodic: Periodic[];
  stretches: Stretch[];
  states: LineStretch[];
  coverage: Interval[];
  cameras: string[];
  width_mm: number;
  problem: string;
  gone: string;
  again: () => void;
}

const PAGE = 10_000;
const REPEAT_MS = 2000;
const EMPTY: CoilData = {
  coil: null,
  defects: [],
  marks: [],
  periodic: [],
  stretches: [],
  states: [],
  coverage: [],
  cameras: [],
  width_mm: 0,
  problem: "",
  gone: "",
  again: () => undefined,
};

/** Read a coil, and read again what is new until it is final. */
export function useCoil(id: string | null): CoilData {
  const [data, setData] = useState(EMPTY);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    if (!id) return;
    let stopped = false;
    let cursor = 0;
    let shown = ""; // the coil's revision, and its reasons: they also change when its station stops
    let found: Defect[] = [];
    let stretches: Stretch[] = [];
    const readDefects = async () => {
      for (let more = true; more && !stopped; ) {
        const filters = { cursor, limit: PAGE, marks: true };
        const page = await get("/api/v1/coils/{coil_id}/defects", { coil_id: id }, filters);
        found = [...found, ...page.defects];
        cursor = page.last;
        more = page.next !== null;
      }
      stretches = (await get("/api/v1/coils/{coil_id}/stretches", { coil_id: id })).stretches;
    };
    const read = async () => {
      try {
        const coil = await get("/api/v1/coils/{coil_id}", { coil_id: id });
        const state = `${coil.revision} ${coil.reasons.map((r) => r.code)}`;
        if (state !== shown) {
          const gone = await readDefects().then(() => "", deleted);
          const covered = await get("/api/v1/coils/{coil_id}/coverage", { coil_id: id });
          const { intervals: coverage, width_mm } = covered;
          const cameras = Object.keys(covered.cameras);
          const { periodic } = await get("/api/v1/coils/{coil_id}/periodic", { coil_id: id });
          const { states } = await get("/api/v1/coils/{coil_id}/states", { coil_id: id });
          shown = state;
          const [defects, marks] = [found.filter((d) => d.severity > MARK), found.filter((d) => d.severity === MARK)];
          const seen = { defects, marks, periodic, stretches, states, coverage, cameras, width_mm, gone };
          if (!stopped) setData({ ...EMPTY, coil, ...seen });
        }
        if (!stopped && coil.status !== "final") timer = setTimeout(read, REPEAT_MS);
      } catch (error) {
        if (stopped) return;
        setData((before) => ({ ...before, problem: error instanceof Error ? error.message : String(error) }));
        timer = setTimeout(read, REPEAT_MS);
      }
    };
    let timer = setTimeout(read, 0);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [id, asked]);
  return useMemo(() => ({ ...data, again: () => setAsked((n) => n + 1) }), [data]);
}

/** Why the defects of a coil are there no more. Another error is thrown again. */
function deleted(error: unknown): string {
  if (error instanceof Refused && error.status === 410) return error.message;
  throw error;
}

/** The coil that a page shows: the one in the address, else the running one, else the newest. */
export function useShownCoil(asked: string | null): string | null {
  const [latest, setLatest] = useState<string | null>(null);
  const running = station.value?.coil ?? null;
  useEffect(() => {
    if (asked || running) return;
    void get("/api/v1/coils", {}, { limit: 1 }).then(
      (page) => setLatest(page.coils[0]?.coil_id ?? null),
      () => undefined,
    );
  }, [asked, running]);
  return asked ?? running ?? latest;
}
