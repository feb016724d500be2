import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { OpticsPoint, State, Station } from "../api";
import { station } from "../connection";
import { themed } from "../hatch";
import { t } from "../i18n";
import { grouped } from "../numbers";
import { get } from "../rest";
import { advice, sentences, sideName, stateName } from "../sentences";
import { Connected } from "./connected";
import { Webhooks } from "./webhooks";

export function StationPage() {
  const s = station.value;
  if (!s) return <p class="empty">{t("waiting")}</p>;
  const exposed = s.counts.lines_exposed ?? 0;
  const overrun = s.counts.lines_overrun ?? 0;
  const lowDisk = s.disk.free_gb < 5;
  return (
    <section class="page station">
      <div class="bar">
        <h1>{t("station")}</h1>
      </div>
      <dl>
        <dt>{t("cameras")}</dt>
        <dd>
          {s.cameras.map((c) => (
            <div key={c.name}>
              {c.name} · {sideName(c.side)} · {t("columns", { n: c.width_px, first: c.first_column })} · {c.mm_per_px}{" "}
              mm/px
            </div>
          ))}
        </dd>
        <dt>{t("model")}</dt>
        <dd>
          <a href="#/models">
            {s.model.name} {s.model.version}
          </a>{" "}
          <code>{s.model.sha256.slice(0, 12)}</code>
        </dd>
        <dt>{t("recipe")}</dt>
        <dd>
          <a href="#/recipes">{s.recipe.name}</a> <code>{s.recipe.sha256.slice(0, 12)}</code>
        </dd>
        <dt>{t("runsOn")}</dt>
        <dd>
          {s.engine.provider}, {s.engine.precision}
        </dd>
        <dt>{t("lines")}</dt>
        <dd>
          <div>
            {grouped(exposed)} {t("exposed")}
            {(["inspected", "degraded", "lost"] as const).map(
              (state) => ` · ${grouped(linesOf(s, state))} ${stateName(state)}`,
            )}
          </div>
          {overrun > 0 && (
            <div class="warn">
              ◆ {grouped(overrun)} {t("overrun")} ({((100 * overrun) / Math.max(1, exposed)).toFixed(1)} %)
            </div>
          )}
        </dd>
        <dt>{t("delay")}</dt>
        <dd>
          {s.latency_ms.p50 ?? "–"} ms · p99 {s.latency_ms.p99 ?? "–"} ms
        </dd>
        <dt>{t("disk")}</dt>
        <dd class={lowDisk ? "warn" : ""}>
          {lowDisk && "◆ "}
          {t("free", { n: s.disk.free_gb })} · {t("crops", { n: s.disk.crops_gb })}
        </dd>
      </dl>
      <Connected />
      <Webhooks />
      <Optics />
    </section>
  );
}

/** Lines of all cameras in a state since the station started. */
const linesOf = (s: Station, state: State): number =>
  s.lines.reduce((sum, count) => (count.state === state ? sum + count.lines : sum), 0);

function Optics() {
  const [points, setPoints] = useState<OpticsPoint[]>([]);
  useEffect(() => {
    const read = () =>
      void get("/api/v1/station/optics", {}, { limit: 100 }).then(
        (p) => setPoints(p.optics),
        () => undefined,
      );
    read();
    const timer = setInterval(read, 10_000);
    return () => clearInterval(timer);
  }, []);
  const cameras = [...new Set(points.map((p) => p.camera))];
  return (
    <>
      <h2>{t("optics")}</h2>
      {cameras.length === 0 && <p class="empty">{t("noOptics")}</p>}
      {cameras.map((camera) => (
        <Trend key={camera} camera={camera} points={points.filter((p) => p.camera === camera)} />
      ))}
    </>
  );
}

function Trend({ camera, points }: { camera: string; points: OpticsPoint[] }) {
  const at = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!at.current) return;
    const grid = { stroke: themed("--line") };
    const axis = { stroke: themed("--quiet"), grid, ticks: grid };
    const plot = new uPlot(
      {
        width: at.current.clientWidth,
        height: 180,
        scales: { x: { time: false, range: (_, first) => [Math.min(-1, first), 0] }, y: { range: [0, 1.3] } },
        legend: { live: false },
        axes: [
          { ...axis, incrs: [1, 2, 5, 10, 20, 50] },
          { ...axis, values: (_, shares) => shares.map((s) => `${Math.round(100 * s)} %`) },
        ],
        series: [
          {},
          { label: t("light"), stroke: themed("--ink"), width: 2, points: { show: true } },
          { label: t("sharpness"), stroke: themed("--quiet"), width: 2, dash: [6, 4], points: { show: true } },
        ],
      },
      [
        points.map((_, n) => n - points.length + 1),
        points.map((p) => p.light_share),
        points.map((p) => p.sharpness_share),
      ],
      at.current,
    );
    return () => plot.destroy();
  }, [points]);
  const warnings = points.at(-1)?.warnings ?? [];
  return (
    <figure>
      <figcaption>
        {camera}
        {warnings.length > 0 && (
          <>
            <b class="warn"> ◆ {sentences(warnings)}</b> <span class="advice">{advice(warnings).join(" ")}</span>
          </>
        )}
      </figcaption>
      <div ref={at} />
    </figure>
  );
}
