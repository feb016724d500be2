import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { useKeys } from "../keys";
import { ClassName } from "../marker";
import { ask } from "../rest";
import type { Defect } from "../types";
import { Facts, Picture } from "./map";

const ZOOMS = [1, 2, 3, 4, 6, 8];

interface LookProps {
  id: string;
  step: (by: number) => void;
  close: () => void;
}

/** One defect as the camera saw it, every pixel of it, while the strip beside it stands still. */
export function Look({ id, step, close }: LookProps) {
  const [found, setFound] = useState<Defect | Error | null>(null);
  const [zoom, setZoom] = useState(ZOOMS.indexOf(4));
  const [masked, setMasked] = useState(true);
  useEffect(() => {
    let gone = false;
    ask<Defect>(`defects/${encodeURIComponent(id)}`).then(
      (d) => !gone && setFound(d),
      (error: Error) => !gone && setFound(error),
    );
    return () => {
      gone = true;
    };
  }, [id]);
  const closer = (by: number) => setZoom((z) => Math.max(0, Math.min(ZOOMS.length - 1, z + by)));
  useKeys({
    "+": () => closer(1),
    "=": () => closer(1),
    "-": () => closer(-1),
    m: () => setMasked(!masked),
    arrowleft: () => step(-1),
    arrowright: () => step(1),
    escape: close,
  });
  if (!found) return null;
  const failed = found instanceof Error;
  return (
    <div class="look">
      <div class="bar">
        <b>{!failed && <ClassName name={found.class} />}</b>
        <button type="button" onClick={() => step(-1)} aria-label={t("before")}>
          ←
        </button>
        <button type="button" onClick={() => step(1)} aria-label={t("next")}>
          →
        </button>
        <button type="button" onClick={() => closer(-1)} aria-label={t("farther")}>
          −
        </button>
        <span class="number">{ZOOMS[zoom]}×</span>
        <button type="button" onClick={() => closer(1)} aria-label={t("closer")}>
          +
        </button>
        <button type="button" aria-pressed={masked} onClick={() => setMasked(!masked)}>
          {t("showMask")}
        </button>
        <button type="button" onClick={close}>
          {t("close")}
        </button>
      </div>
      {failed ? (
        <p role="alert">{found.message}</p>
      ) : (
        <Glass defect={found} zoom={ZOOMS[zoom] ?? 1} masked={masked} closer={closer} />
      )}
    </div>
  );
}

interface GlassProps {
  defect: Defect;
  zoom: number;
  masked: boolean;
  closer: (by: number) => void;
}

function Glass({ defect, zoom, masked, closer }: GlassProps) {
  return (
    <>
      <div
        class="glass"
        onWheel={(e) => {
          e.preventDefault();
          closer(e.deltaY < 0 ? 1 : -1);
        }}
      >
        <div style={{ zoom }}>
          <Picture defect={defect} withMask={masked} />
        </div>
      </div>
      <Facts defect={defect} />
    </>
  );
}
