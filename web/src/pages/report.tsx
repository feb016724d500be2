import type { Coil, Defect, Interval, Reason } from "../api";
import { useCoil, useShownCoil } from "../coil-data";
import { bySkelp, stands } from "../decisions";
import { t } from "../i18n";
import { useKeys } from "../keys";
import { ClassName } from "../marker";
import { clock, dayAndTime, metres, metresInspected, metresNotInspected } from "../numbers";
import { place } from "../place";
import { cropAddress, mapAddress } from "../rest";
import { route } from "../route";
import { advice, coilName, sentence, sideName, stateName } from "../sentences";
import { Cuts } from "./cuts";
import { DecideAgain } from "./decide-again";
import { AllDecisions, type Decisions, useDecisions, Why } from "./decisions";
import { Decide, Overridden } from "./override";
import { ReportedStates } from "./ribbon";
import { InShadow } from "./shadow";
import { ReportedStretches } from "./stretches";
import { Verdict } from "./verdict";

const WORST = 12;
const INTERVALS = 40;

/** One coil on paper: figures, map, what was not inspected, the worst defects with their pictures. The browser prints it or makes a PDF. */
export function Report() {
  const { coil, defects, marks, stretches, states, coverage, problem, gone, again } = useCoil(
    useShownCoil(route.value.coil),
  );
  const told = useDecisions(coil);
  useKeys({ p: () => print() });
  if (!coil) return <p class="empty">{problem || t("waiting")}</p>;
  const worst = [...defects].sort((a, b) => b.severity - a.severity || b.area_mm2 - a.area_mm2).slice(0, WORST);
  return (
    <section class="page report">
      <div class="bar">
        <h1>
          {t("report")}: {t("coil")} {coilName(coil)}
        </h1>
        <button type="button" onClick={() => print()}>
          {t("print")}
        </button>
      </div>
      <Figures coil={coil} told={told} defects={[...defects, ...marks]} />
      <Decide coil={coil} decided={again} />
      <DecideAgain coil={coil} newest={told.all.length} decided={again} />
      <AllDecisions all={told.all} />
      {!gone && <img class="paper-map" src={mapAddress(coil.coil_id, coil.revision)} alt={t("map")} />}
      <NotInspected intervals={coverage.filter((i) => i.state !== "inspected")} />
      <ReportedStretches stretches={stretches} />
      <ReportedStates states={states} />
      <h2>{t("worst")}</h2>
      {worst.length === 0 && <p>{gone || t("none")}</p>}
      <ol class="worst">
        {worst.map((d) => (
          <Worst key={d.defect_id} defect={d} />
        ))}
      </ol>
    </section>
  );
}

interface FiguresProps {
  coil: Coil;
  told: Decisions;
  defects: Defect[];
}

function Figures({ coil: c, told, defects }: FiguresProps) {
  const isFinal = c.status === "final";
  const skelp = bySkelp(c);
  return (
    <dl>
      <dt>{t("decision")}</dt>
      <dd>
        {isFinal && <Verdict decision={stands(c)} />} <Overridden coil={c} />
        {c.override && (
          <div>
            skelp: <Verdict decision={skelp.decision} />
          </div>
        )}
        {c.revised && (
          <div>
            {t("decidedAgainBy", { recipe: skelp.recipe.name, operator: c.revised.operator })}: {c.revised.note} (
            {dayAndTime(c.revised.at)})
          </div>
        )}
        <Why coil={c} told={told} defects={defects} />
      </dd>
      {isFinal && stands(c) !== "accept" && <WhatToDo reasons={skelp.reasons} />}
      <dt>{t("started")}</dt>
      <dd>
        {dayAndTime(c.started_at)} {c.finished_at && `– ${clock(c.finished_at)}`} · {place.value?.name}
      </dd>
      <dt>{t("product")}</dt>
      <dd>{[c.heat, c.product].filter(Boolean).join(" · ") || "–"}</dd>
      {c.customer && (
        <>
          <dt>{t("customer")}</dt>
          <dd>{c.customer}</dd>
        </>
      )}
      <Cuts coil={c} />
      <dt>{t("length")}</dt>
      <dd>
        {metres(c.length_m)} · {metresInspected(c.inspected_m)} {stateName("inspected")} ·{" "}
        {metresNotInspected(c.degraded_m)} {stateName("degraded")} · {metresNotInspected(c.lost_m)} {stateName("lost")}
      </dd>
      <dt>{t("defects")}</dt>
      <dd>
        {c.defects}
        {Object.entries(c.by_class).map(([name, n]) => (
          <span key={name}>
            {" "}
            · <ClassName name={name} /> {n}
          </span>
        ))}
      </dd>
      <dt>{t("model")}</dt>
      <dd>
        {c.model.name} <code>{c.model.sha256.slice(0, 16)}</code> · {t("recipe")} {c.recipe.name}{" "}
        <code>{c.recipe.sha256.slice(0, 16)}</code>
      </dd>
      <InShadow coil={c} />
    </dl>
  );
}

function WhatToDo({ reasons }: { reasons: Reason[] }) {
  return (
    <>
      <dt>{t("whatToDo")}</dt>
      <dd class="advice">
        {advice(reasons).map((text) => (
          <div key={text}>{text}</div>
        ))}
      </dd>
    </>
  );
}

function NotInspected({ intervals }: { intervals: Interval[] }) {
  if (!intervals.length) return null;
  return (
    <>
      <h2>{t("notFullyInspected")}</h2>
      <ul>
        {intervals.slice(0, INTERVALS).map((i) => (
          <li key={i.first_line}>
            {metres(i.from_m, 2)} – {metres(i.to_m, 2)}: {stateName(i.state)}
            {i.reason && `, ${sentence(i.reason)}`}
          </li>
        ))}
        {intervals.length > INTERVALS && <li>{t("andMore", { n: intervals.length - INTERVALS })}</li>}
      </ul>
      <dl>
        <WhatToDo reasons={intervals.flatMap((i) => i.reason ?? [])} />
      </dl>
    </>
  );
}

function Worst({ defect: d }: { defect: Defect }) {
  return (
    <li>
      <img src={cropAddress(d.defect_id)} alt="" />
      <span>
        <ClassName name={d.class} /> · {t("severity")} {d.severity}
        <br />
        {metres(d.along_mm / 1000, 2)} · {d.across_mm.toFixed(0)} mm · {sideName(d.side)}
        <br />
        {d.length_mm.toFixed(0)} × {d.width_mm.toFixed(0)} mm · {d.area_mm2.toFixed(0)} mm²
      </span>
    </li>
  );
}
