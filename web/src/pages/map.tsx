import { useMemo, useState } from "preact/hooks";
import type { Coil, Defect, Periodic } from "../api";
import { useCoil, useShownCoil } from "../coil-data";
import { bySkelp, stands } from "../decisions";
import { type Filter, filtered, MARK, type Range, within } from "../filters";
import { t } from "../i18n";
import { useKeys } from "../keys";
import { ClassName } from "../marker";
import { metres, metresInspected, metresNotInspected } from "../numbers";
import { ofPlant } from "../place";
import { coilAddress, route } from "../route";
import { coilName, decisionName, endName, sentences, sideName, stateName, statusName } from "../sentences";
import { shownStretches } from "../stretches";
import { Detail } from "./defect";
import { MapCanvas } from "./map-canvas";
import { Filters } from "./map-filters";
import { Overridden } from "./override";
import { Ribbon } from "./ribbon";
import { Stretches } from "./stretches";
import { Verdict } from "./verdict";

const LISTED = 100;

export function CoilMap() {
  const data = useCoil(useShownCoil(route.value.coil));
  const { coil, problem, gone } = data;
  const [filter, setFilter] = useState<Filter>({ hidden: new Set(), severity: 1, side: "" });
  const [range, setRange] = useState<Range | null>(null);
  const [chosen, setChosen] = useState<Defect | null>(null);
  const found = useMemo(
    () => (filter.severity === MARK ? [...data.defects, ...data.marks] : data.defects),
    [data, filter.severity],
  );
  const shown = useMemo(() => filtered(found, filter), [found, filter]);
  const stretches = useMemo(() => shownStretches(data.stretches, filter), [data.stretches, filter]);
  useKeys({ "0": () => setRange(null), escape: () => setChosen(null) });
  if (!coil) return <p class="empty">{problem || t("waiting")}</p>;
  if (gone) {
    return (
      <section class="page map">
        <Head coil={coil} />
        <p class="empty">{gone}</p>
      </section>
    );
  }
  return (
    <section class="page map">
      <Head coil={coil} />
      <Filters defects={found} filter={filter} set={setFilter} zoomed={range !== null} whole={() => setRange(null)} />
      <RollMarks periodic={data.periodic} zoom={setRange} />
      <Stretches stretches={stretches} zoom={setRange} />
      <div class="unrolled">
        <div class="mapped">
          <MapCanvas
            data={data}
            length_m={coil.length_m}
            shown={shown}
            stretches={stretches}
            range={range}
            zoom={setRange}
            chosen={chosen}
            choose={setChosen}
          />
          <Ribbon states={data.states} range={range ?? { from_m: 0, to_m: coil.length_m }} zoom={setRange} />
        </div>
        {chosen ? (
          <Detail defect={chosen} close={() => setChosen(null)} />
        ) : (
          range && <InRange defects={within(shown, range)} choose={setChosen} />
        )}
      </div>
      <p class="legend">
        <span>
          {endName("head")} → {endName("tail")} · ↑ {t("operatorSide")} · ↓ {t("driveSide")}
        </span>
        <span class="swatch lost">{stateName("lost")}</span>
        <span class="swatch degraded">{stateName("degraded")}</span>
        <span>{t("density")}</span>
        <span class="quiet">{t("dragToZoom")}</span>
      </p>
    </section>
  );
}

function Head({ coil }: { coil: Coil }) {
  const isComplete = coil.degraded_m + coil.lost_m === 0;
  const isFinal = coil.status === "final";
  const skelp = bySkelp(coil);
  const hasStopped = coil.reasons.some((r) => r.code === "coil.station_stopped");
  return (
    <div class="bar">
      <h1>
        {t("coil")} {coilName(coil)}
      </h1>
      {ofPlant.value && <b>{ofPlant.value.name}</b>}
      <span>{metres(coil.length_m)}</span>
      <span class={isComplete ? "quiet" : "warn"}>
        {metresInspected(coil.inspected_m)} {stateName("inspected")}
        {coil.lost_m > 0 && ` · ${metresNotInspected(coil.lost_m)} ${stateName("lost")}`}
        {coil.degraded_m > 0 && ` · ${metresNotInspected(coil.degraded_m)} ${stateName("degraded")}`}
      </span>
      {isFinal && <Verdict decision={stands(coil)} />}
      <Overridden coil={coil} />
      <span class={hasStopped && !isFinal ? "held" : "quiet"}>
        {coil.override && `skelp: ${decisionName(skelp.decision)}, `}
        {isFinal || hasStopped ? sentences(skelp.reasons) : statusName(coil.status)}
      </span>
      <a class="button" href={coilAddress("report", coil.coil_id)}>
        {t("report")}
      </a>
    </div>
  );
}

interface RollMarksProps {
  periodic: Periodic[];
  zoom: (range: Range) => void;
}

/** The series of defects that repeat, each with what may have left it; a click shows its part of the coil. */
function RollMarks({ periodic, zoom }: RollMarksProps) {
  if (!periodic.length) return null;
  return (
    <ul class="series">
      {periodic.map((p) => (
        <li key={p.periodic_id}>
          <button type="button" onClick={() => zoom(around(p))}>
            <b>{p.rolls.join(" / ") || t("rollNotKnown")}</b>
            <span>
              {t("every", { mm: p.period_mm.toFixed(0) })} · {sideName(p.side)}, {p.across_mm.toFixed(0)} mm ·{" "}
              {metres(p.first_mm / 1000)} – {metres(p.last_mm / 1000)} ·{" "}
              {t("seenOf", { seen: p.seen, expected: p.expected })}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The part of the coil with all defects of a series. */
const around = (p: Periodic): Range => ({
  from_m: Math.max(0, p.first_mm - p.period_mm / 2) / 1000,
  to_m: (p.last_mm + p.period_mm / 2) / 1000,
});

interface InRangeProps {
  defects: Defect[];
  choose: (defect: Defect) => void;
}

/** The defects in the range that was zoomed to, from the head on. */
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
              <ClassName name={d.class} isMark={d.severity === MARK} />
              <span>
                {metres(d.along_mm / 1000, 2)} · {sideName(d.side)}
                {d.severity > MARK && ` · ${t("severity")} ${d.severity}`}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {defects.length > LISTED && <p class="quiet">{t("andMore", { n: defects.length - LISTED })}</p>}
    </aside>
  );
}
