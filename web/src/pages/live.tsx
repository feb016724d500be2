import { useEffect, useRef, useState } from "preact/hooks";
import { events, station, watchStrip } from "../connection";
import { metres, sideName, t } from "../i18n";
import { useKeys } from "../keys";
import { ClassName } from "../marker";
import { crop } from "../rest";
import { StripView, sidesOf } from "../strip";

const LATEST = 8;

export function Live() {
  const [frozen, setFrozen] = useState(false);
  const flip = () => setFrozen(!frozen);
  useKeys({ f: flip });
  const cameras = station.value?.cameras;
  return (
    <div class="live">
      <section class="stage">
        <div class="bar">
          <h1>{t("live")}</h1>
          {frozen && <strong class="note">{t("frozen")}</strong>}
          <button type="button" aria-pressed={frozen} onClick={flip}>
            {t(frozen ? "goOn" : "freeze")}
          </button>
        </div>
        {cameras ? (
          <Strip key={cameras.map((c) => c.name).join()} frozen={frozen} />
        ) : (
          <p class="empty">{t("waiting")}</p>
        )}
        <p class="legend">
          {station.value?.classes.map((c) => (
            <ClassName key={c} name={c} />
          ))}
          <span class="swatch lost">{t("lost")}</span>
          <span class="swatch degraded">{t("degraded")}</span>
          <span class="swatch unshown">{t("notShown")}</span>
        </p>
      </section>
      <LatestDefects />
    </div>
  );
}

function Strip({ frozen }: { frozen: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<StripView | null>(null);
  useEffect(() => {
    const at = canvas.current;
    const cameras = station.value?.cameras;
    if (!at || !cameras) return;
    const strip = new StripView(at, cameras);
    view.current = strip;
    const resize = () => {
      at.width = Math.max(64, Math.round(at.clientWidth * devicePixelRatio));
      at.height = Math.max(64, Math.round(at.clientHeight * devicePixelRatio));
      strip.draw();
    };
    resize();
    const sizes = new ResizeObserver(resize);
    sizes.observe(at);
    const stop = watchStrip((what) => void strip.add(what), strip.scale());
    return () => {
      sizes.disconnect();
      stop();
    };
  }, []);
  useEffect(() => view.current?.freeze(frozen), [frozen]);
  const sides = sidesOf(station.value?.cameras ?? []);
  return (
    <div class="lanes">
      <canvas ref={canvas} role="img" aria-label={t("live")} />
      {sides.map((side, n) => (
        <span key={side} class="lane" style={{ top: `${(100 * n) / sides.length}%` }}>
          {sideName(side)}
        </span>
      ))}
    </div>
  );
}

function LatestDefects() {
  const found = events.value
    .filter((e) => e.kind === "defect.found")
    .slice(-LATEST)
    .reverse();
  return (
    <section class="latest">
      <h2>{t("latestDefects")}</h2>
      {found.length === 0 && <p class="empty">{t("noDefects")}</p>}
      <ol>
        {found.map((e) => (
          <li key={e.seq}>
            <a href={`#/map/${encodeURIComponent(e.coil_id)}`}>
              <img src={crop(String(e.data.defect_id))} alt="" loading="lazy" />
              <span>
                <ClassName name={String(e.data.class)} />
                <small>
                  {metres(Number(e.data.along_mm) / 1000)} · {t("severity")} {Number(e.data.severity)}
                </small>
              </span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}
