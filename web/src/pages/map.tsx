import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useCoil, useShownCoil } from "../coil-data";
import { station } from "../connection";
import { metres, reason, sideName, t } from "../i18n";
import { useKeys } from "../keys";
import { ClassName } from "../marker";
import { colour } from "../palette";
import { crop, mask } from "../rest";
import { route } from "../route";
import { sidesOf } from "../strip";
import type { Coil, Defect, Interval } from "../types";
import { type Filter, filtered, type Range, UNDER_PX, Unrolled, within } from "../unrolled";

const LISTED = 100;

export function CoilMap() {
  const id = useShownCoil(route.value.what);
  const { coil, defects, account, problem } = useCoil(id);
  const [filter, setFilter] = useState<Filter>({ hidden: new Set(), severity: 1, side: "" });
  const [range, setRange] = useState<Range | null>(null);
  const [chosen, setChosen] = useState<Defect | null>(null);
  const shown = useMemo(() => filtered(defects, filter), [defects, filter]);
  useKeys({ "0": () => setRange(null), escape: () => setChosen(null) });
  if (problem && !coil) return <p class="empty">{problem}</p>;
  if (!coil) return <p class="empty">{t("waiting")}</p>;
  return (
    <section class="page map">
      <Head coil={coil} />
      <Filters defects={defects} filter={filter} set={setFilter} zoomed={range !== null} whole={() => setRange(null)} />
      <div class="unrolled">
        <Canvas
          coil={coil}
          defects={shown}
          account={account}
          range={range}
          zoom={setRange}
          chosen={chosen}
          choose={setChosen}
        />
        {chosen ? (
          <Detail defect={chosen} close={() => setChosen(null)} />
        ) : (
          range && <InRange defects={within(shown, range)} choose={setChosen} />
        )}
      </div>
      <p class="legend">
        <span>
          {t("head")} → {t("tail")} · {t("operatorSide")} ↑
        </span>
        <span class="swatch lost">{t("lost")}</span>
        <span class="swatch degraded">{t("degraded")}</span>
        <span>{t("density")}</span>
        <span class="quiet">{t("dragToZoom")}</span>
      </p>
    </section>
  );
}

function Head({ coil }: { coil: Coil }) {
  const unseen = coil.degraded_m + coil.lost_m;
  return (
    <div class="bar">
      <h1>
        {t("coil")} {coil.name}
      </h1>
      <span>{metres(coil.length_m)}</span>
      <span class={unseen > 0 ? "warn" : "quiet"}>
        {metres(coil.inspected_m)} {t("inspected")}
        {coil.lost_m > 0 && ` · ${metres(coil.lost_m)} ${t("lost")}`}
        {coil.degraded_m > 0 && ` · ${metres(coil.degraded_m)} ${t("degraded")}`}
      </span>
      <span class={coil.status === "final" && coil.decision === "hold" ? "held" : "quiet"}>
        {coil.status === "final" ? t(coil.decision) : t(coil.status)}
        {coil.status === "final" && `: ${reason(coil.reasons.join("; "))}`}
      </span>
      <a class="button" href={`#/report/${encodeURIComponent(coil.coil_id)}`}>
        {t("report")}
      </a>
    </div>
  );
}

interface FiltersProps {
  defects: Defect[];
  filter: Filter;
  set: (filter: Filter) => void;
  zoomed: boolean;
  whole: () => void;
}

function Filters({ defects, filter, set, zoomed, whole }: FiltersProps) {
  const counts = new Map<string, number>();
  for (const d of defects) counts.set(d.class, (counts.get(d.class) ?? 0) + 1);
  const flip = (name: string) => {
    const hidden = new Set(filter.hidden);
    if (!hidden.delete(name)) hidden.add(name);
    set({ ...filter, hidden });
  };
  return (
    <div class="bar filters">
      {[...counts].sort().map(([name, count]) => (
        <button type="button" key={name} aria-pressed={!filter.hidden.has(name)} onClick={() => flip(name)}>
          <ClassName name={name} /> {count}
        </button>
      ))}
      <select
        aria-label={t("severity")}
        value={filter.severity}
        onChange={(e) => set({ ...filter, severity: Number(e.currentTarget.value) })}
      >
        <option value={1}>{t("anySeverity")}</option>
        {[2, 3, 4].map((n) => (
          <option key={n} value={n}>
            {t("fromSeverity", { n })}
          </option>
        ))}
      </select>
      <select
        aria-label={t("bothSides")}
        value={filter.side}
        onChange={(e) => set({ ...filter, side: e.currentTarget.value })}
      >
        <option value="">{t("bothSides")}</option>
        <option value="top">{t("topSide")}</option>
        <option value="bottom">{t("bottomSide")}</option>
      </select>
      {zoomed && (
        <button type="button" onClick={whole}>
          {t("wholeCoil")}
        </button>
      )}
    </div>
  );
}

interface CanvasProps {
  coil: Coil;
  defects: Defect[];
  account: Interval[];
  range: Range | null;
  zoom: (range: Range) => void;
  chosen: Defect | null;
  choose: (defect: Defect | null) => void;
}

function Canvas({ coil, defects, account, range, zoom, chosen, choose }: CanvasProps) {
  const at = useRef<HTMLCanvasElement>(null);
  const view = useRef<Unrolled | null>(null);
  const [size, setSize] = useState("");
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const width = Math.max(100, ...defects.map((d) => d.across_mm + d.width_mm + 20));
  const sides = sidesOf(station.value?.cameras ?? []);
  const whole = range ?? { from_m: 0, to_m: Math.max(0.1, coil.length_m) };
  useEffect(() => {
    const canvas = at.current;
    if (!canvas) return;
    const sizes = new ResizeObserver(() => setSize(`${canvas.clientWidth}x${canvas.clientHeight}`));
    sizes.observe(canvas);
    return () => sizes.disconnect();
  }, []);
  useEffect(() => {
    const canvas = at.current;
    if (!canvas) return;
    canvas.width = Math.max(64, Math.round(canvas.clientWidth * devicePixelRatio));
    canvas.height = Math.max(128, Math.round(canvas.clientHeight * devicePixelRatio));
    view.current = new Unrolled(canvas, whole, width, sides);
    view.current.draw(defects, account, chosen?.defect_id ?? null);
  }, [size, defects, account, chosen, whole.from_m, whole.to_m, width, sides.join()]);
  const place = (e: PointerEvent): [number, number] => [e.offsetX * devicePixelRatio, e.offsetY * devicePixelRatio];
  const up = (e: PointerEvent) => {
    const [x, y] = place(e);
    if (drag && view.current && Math.abs(drag[1] - drag[0]) > 8) {
      const ends = [view.current.metres(drag[0]), view.current.metres(x)].sort((a, b) => a - b) as [number, number];
      zoom({ from_m: Math.max(0, ends[0]), to_m: ends[1] });
    } else choose(view.current?.at(x, y) ?? null);
    setDrag(null);
  };
  return (
    <div class="canvas">
      <canvas
        ref={at}
        role="img"
        aria-label={`${t("map")}: ${defects.length} ${t("defects")}, ${metres(coil.length_m)}`}
        onPointerDown={(e) => setDrag([place(e)[0], place(e)[0]])}
        onPointerMove={(e) => drag && setDrag([drag[0], place(e)[0]])}
        onPointerUp={up}
        onDblClick={() => zoom({ from_m: 0, to_m: Math.max(0.1, coil.length_m) })}
      />
      {sides.length > 1 &&
        sides.map((side, n) => (
          <span key={side} class="lane" style={{ top: `calc(${n} * (100% - ${UNDER_PX}px) / ${sides.length})` }}>
            {sideName(side)}
          </span>
        ))}
      {drag && (
        <div
          class="brush"
          style={{
            left: `${Math.min(...drag) / devicePixelRatio}px`,
            width: `${Math.abs(drag[1] - drag[0]) / devicePixelRatio}px`,
          }}
        />
      )}
    </div>
  );
}

interface InRangeProps {
  defects: Defect[];
  choose: (defect: Defect) => void;
}

/** What lies in the stretch that was brushed, from its head on. */
function InRange({ defects, choose }: InRangeProps) {
  return (
    <aside class="detail">
      <b>
        {defects.length} {t("defects")}
      </b>
      <ol class="inrange">
        {defects.slice(0, LISTED).map((d) => (
          <li key={d.defect_id}>
            <button type="button" onClick={() => choose(d)}>
              <ClassName name={d.class} />
              <span>
                {metres(d.along_mm / 1000, 2)} · {sideName(d.side)} · {t("severity")} {d.severity}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {defects.length > LISTED && <p class="quiet">{t("andMore", { n: defects.length - LISTED })}</p>}
    </aside>
  );
}

export function Detail({ defect, close }: { defect: Defect; close?: () => void }) {
  return (
    <aside class="detail">
      <div class="bar">
        <b>
          <ClassName name={defect.class} />
        </b>
        {close && (
          <button type="button" aria-label="×" onClick={close}>
            ×
          </button>
        )}
      </div>
      <Picture defect={defect} withMask />
      <Facts defect={defect} />
    </aside>
  );
}

export function Picture({ defect, withMask }: { defect: Defect; withMask: boolean }) {
  const [missing, setMissing] = useState(false);
  useEffect(() => setMissing(false), [defect.defect_id]);
  if (missing) return <p class="empty">{t("noPicture")}</p>;
  return (
    <div class="picture">
      <img
        src={crop(defect.defect_id)}
        alt={`${defect.class} ${metres(defect.along_mm / 1000)}`}
        onError={() => setMissing(true)}
      />
      {withMask && (
        <div class="mask" style={{ maskImage: `url("${mask(defect.defect_id)}")`, background: colour(defect.class) }} />
      )}
    </div>
  );
}

export function Facts({ defect: d }: { defect: Defect }) {
  return (
    <dl>
      <dt>{t("position")}</dt>
      <dd>
        {metres(d.along_mm / 1000, 2)} · {d.across_mm.toFixed(0)} mm · {sideName(d.side)}
      </dd>
      <dt>
        {t("length")} × {t("width")}
      </dt>
      <dd>
        {d.length_mm.toFixed(1)} × {d.width_mm.toFixed(1)} mm
      </dd>
      <dt>{t("area")}</dt>
      <dd>{d.area_mm2.toFixed(0)} mm²</dd>
      <dt>{t("severity")}</dt>
      <dd>{d.severity}</dd>
      <dt>{t("score")}</dt>
      <dd>{(100 * d.score).toFixed(0)} %</dd>
    </dl>
  );
}
