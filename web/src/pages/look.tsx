import { useEffect, useState } from "preact/hooks";
import type { Defect } from "../api";
import { t } from "../i18n";
import { useKeys } from "../keys";
import { ClassName } from "../marker";
import { get } from "../rest";
import { DefectPicture, Facts } from "./defect";

const ZOOMS = [1, 2, 3, 4, 6, 8];

interface LookProps {
  id: string;
  step: (by: number) => void;
  close: () => void;
}

/** One defect at full resolution, beside the frozen strip. */
export function Look({ id, step, close }: LookProps) {
  const [found, setFound] = useState<Defect | Error | null>(null);
  const [zoom, setZoom] = useState(ZOOMS.indexOf(4));
  const [masked, setMasked] = useState(true);
  useEffect(() => {
    let stopped = false;
    get("/api/v1/defects/{defect_id}", { defect_id: id }).then(
      (d) => !stopped && setFound(d),
      (error: Error) => !stopped && setFound(error),
    );
    return () => {
      stopped = true;
    };
  }, [id]);
  const zoomBy = (steps: number) => setZoom((z) => Math.max(0, Math.min(ZOOMS.length - 1, z + steps)));
  useKeys({
    "+": () => zoomBy(1),
    "=": () => zoomBy(1),
    "-": () => zoomBy(-1),
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
        <button type="button" onClick={() => step(-1)} aria-label={t("previousDefect")}>
          ←
        </button>
        <button type="button" onClick={() => step(1)} aria-label={t("nextDefect")}>
          →
        </button>
        <button type="button" onClick={() => zoomBy(-1)} aria-label={t("zoomOut")}>
          −
        </button>
        <span class="number">{ZOOMS[zoom]}×</span>
        <button type="button" onClick={() => zoomBy(1)} aria-label={t("zoomIn")}>
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
        <Glass defect={found} zoom={ZOOMS[zoom] ?? 1} masked={masked} zoomBy={zoomBy} />
      )}
    </div>
  );
}

interface GlassProps {
  defect: Defect;
  zoom: number;
  masked: boolean;
  zoomBy: (steps: number) => void;
}

function Glass({ defect, zoom, masked, zoomBy }: GlassProps) {
  return (
    <>
      <div
        class="glass"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a picture larger than its frame must scroll by keyboard, too
        tabIndex={0}
        onWheel={(e) => {
          e.preventDefault();
          zoomBy(e.deltaY < 0 ? 1 : -1);
        }}
      >
        <div style={{ zoom }}>
          <DefectPicture defect={defect} withMask={masked} />
        </div>
      </div>
      <Facts defect={defect} />
    </>
  );
}
