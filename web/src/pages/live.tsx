import { useEffect, useRef, useState } from "preact/hooks";
import { events, station, watchStrip } from "../connection";
import { metres, sideName, t } from "../i18n";
import { useKeys } from "../keys";
import { isDefect, nearest } from "../look";
import { ClassName } from "../marker";
import { crop } from "../rest";
import { type StripPlace, StripView, sidesOf } from "../strip";
import type { StationEvent } from "../types";
import { Look } from "./look";

const LATEST = 8;
/** A click means a defect that begins within this share of the strip shown. */
const NEAR = 0.05;

export function Live() {
  const [frozen, setFrozen] = useState<StationEvent[] | null>(null);
  const [looked, setLooked] = useState<string | null>(null);
  // what is on the frozen strip is told of a moment after it was frozen: the list stands still, what a click finds does not
  const told = events.value.filter(isDefect);
  const flip = () => {
    setFrozen(frozen ? null : told);
    setLooked(null);
  };
  const look = (id: string) => {
    if (!frozen) setFrozen(told);
    setLooked(id);
  };
  const step = (by: number) => {
    const at = told.findIndex((e) => e.data.defect_id === looked);
    const next = at < 0 ? undefined : told[at + by];
    if (next) setLooked(String(next.data.defect_id));
  };
  useKeys({ f: flip });
  const cameras = station.value?.cameras;
  return (
    <div class="live">
      <section class="stage">
        <div class="bar">
          <h1>{t("live")}</h1>
          {frozen && <strong class="note">{t("frozen")}</strong>}
          <button type="button" aria-pressed={frozen !== null} onClick={flip}>
            {t(frozen ? "goOn" : "freeze")}
          </button>
          {frozen && !looked && <span class="quiet">{t("clickToLook")}</span>}
        </div>
        {cameras ? (
          <Strip
            key={cameras.map((c) => c.name).join()}
            frozen={frozen !== null}
            point={(place, most_mm) => {
              const found = nearest(told, place, most_mm);
              if (found) look(String(found.data.defect_id));
            }}
          />
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
      {looked ? (
        <Look id={looked} step={step} close={() => setLooked(null)} />
      ) : (
        <LatestDefects told={frozen ?? told} look={look} />
      )}
    </div>
  );
}

interface StripProps {
  frozen: boolean;
  point: (place: StripPlace, most_mm: number) => void;
}

function Strip({ frozen, point }: StripProps) {
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
      <canvas
        ref={canvas}
        role="img"
        aria-label={t("live")}
        onClick={(e) => {
          const strip = view.current;
          const place = strip?.at(e.offsetX * devicePixelRatio, e.offsetY * devicePixelRatio);
          if (strip && place) point(place, NEAR * strip.shown_mm);
        }}
      />
      {sides.map((side, n) => (
        <span key={side} class="lane" style={{ top: `${(100 * n) / sides.length}%` }}>
          {sideName(side)}
        </span>
      ))}
    </div>
  );
}

interface LatestProps {
  told: StationEvent[];
  look: (id: string) => void;
}

function LatestDefects({ told, look }: LatestProps) {
  const found = told.slice(-LATEST).reverse();
  return (
    <section class="latest">
      <h2>{t("latestDefects")}</h2>
      {found.length === 0 && <p class="empty">{t("noDefects")}</p>}
      <ol>
        {found.map((e) => (
          <li key={e.seq}>
            <button type="button" onClick={() => look(String(e.data.defect_id))}>
              <img src={crop(String(e.data.defect_id))} alt="" loading="lazy" />
              <span>
                <ClassName name={String(e.data.class)} />
                <small>
                  {metres(Number(e.data.along_mm) / 1000)} · {t("severity")} {Number(e.data.severity)}
                </small>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
