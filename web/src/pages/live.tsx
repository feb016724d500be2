import { useEffect, useRef, useState } from "preact/hooks";
import type { DefectFound } from "../api";
import { events, station, watchStrip } from "../connection";
import { t } from "../i18n";
import { useKeys } from "../keys";
import { isDefect, nearest } from "../look";
import { ClassName } from "../marker";
import { metres } from "../numbers";
import { cropAddress } from "../rest";
import { sideName, stateName } from "../sentences";
import { type StripPlace, StripView, sidesOf } from "../strip";
import { Look } from "./look";

const LATEST = 8;
/** A click chooses a defect that begins within this share of the strip shown. */
const NEAR = 0.05;

export function Live() {
  // While the strip is frozen, the list shows the defects of that moment. Defects on the frozen strip may be reported later;
  // a click on the strip finds these as well, because it searches all defects.
  const [frozenList, setFrozenList] = useState<DefectFound[] | null>(null);
  const [looked, setLooked] = useState<string | null>(null);
  const found = events.value.filter(isDefect);
  const flip = () => {
    setFrozenList(frozenList ? null : found);
    setLooked(null);
  };
  const look = (id: string) => {
    if (!frozenList) setFrozenList(found);
    setLooked(id);
  };
  const step = (by: number) => {
    const at = found.findIndex((e) => e.data.defect_id === looked);
    const next = at < 0 ? undefined : found[at + by];
    if (next) setLooked(next.data.defect_id);
  };
  const [showMarks, setShowMarks] = useState(false);
  const flipMarks = () => setShowMarks(!showMarks);
  useKeys({ f: flip, m: flipMarks });
  const cameras = station.value?.cameras;
  const marks = station.value?.marks ?? [];
  return (
    <div class="live">
      <section class="stage">
        <div class="bar">
          <h1>{t("live")}</h1>
          {frozenList && <strong class="note">{t("frozen")}</strong>}
          <button type="button" aria-pressed={frozenList !== null} onClick={flip}>
            {t(frozenList ? "unfreeze" : "freeze")}
          </button>
          {marks.length > 0 && (
            <button type="button" aria-pressed={showMarks} onClick={flipMarks}>
              {t(showMarks ? "hideMarks" : "showMarks")}
            </button>
          )}
          {frozenList && !looked && <span class="quiet">{t("clickADefect")}</span>}
        </div>
        {cameras ? (
          <Strip
            key={cameras.map((c) => c.name).join()}
            frozen={frozenList !== null}
            marks={showMarks}
            point={(place, most_mm) => {
              const event = nearest(found, place, most_mm);
              if (event) look(event.data.defect_id);
            }}
          />
        ) : (
          <p class="empty">{t("waiting")}</p>
        )}
        <p class="legend">
          {station.value?.classes
            .filter((c) => !marks.includes(c))
            .map((c) => (
              <ClassName key={c} name={c} />
            ))}
          {showMarks && <span class="swatch mark">{t("marks")}</span>}
          <span class="swatch lost">{stateName("lost")}</span>
          <span class="swatch degraded">{stateName("degraded")}</span>
          <span class="swatch unshown">{t("notShown")}</span>
        </p>
      </section>
      {looked ? (
        <Look id={looked} step={step} close={() => setLooked(null)} />
      ) : (
        <LatestDefects found={frozenList ?? found} look={look} />
      )}
    </div>
  );
}

interface StripProps {
  frozen: boolean;
  marks: boolean;
  point: (place: StripPlace, most_mm: number) => void;
}

function Strip({ frozen, marks, point }: StripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<StripView | null>(null);
  useEffect(() => {
    const at = canvas.current;
    const cameras = station.value?.cameras;
    if (!at || !cameras) return;
    const strip = new StripView(at, cameras, station.value?.marks ?? []);
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
  useEffect(() => {
    if (!view.current) return;
    view.current.showMarks = marks;
    view.current.draw();
  }, [marks]);
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
  found: DefectFound[];
  look: (id: string) => void;
}

function LatestDefects({ found, look }: LatestProps) {
  const latest = found.slice(-LATEST).reverse();
  return (
    <section class="latest">
      <h2>{t("latestDefects")}</h2>
      {latest.length === 0 && <p class="empty">{t("noDefects")}</p>}
      <ol>
        {latest.map(({ seq, data }) => (
          <li key={seq}>
            <button type="button" onClick={() => look(data.defect_id)}>
              <img src={cropAddress(data.defect_id)} alt="" loading="lazy" />
              <span>
                <ClassName name={data.class} />
                <small>
                  {metres(data.along_mm / 1000)} · {t("severity")} {data.severity}
                </small>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
