import { bySkelp, stands } from "../decisions";
import { t } from "../i18n";
import { metres, moment, percentInspected } from "../numbers";
import { Verdict } from "../pages/verdict";
import { coilAddress } from "../route";
import { alarmAdvice, alarmName, alarmSubject, coilName, sentences, statusName } from "../sentences";
import { type LineState, plant, stateOf } from "./lines";
import type { Line } from "./rest";

const SHOWN_ALARMS = 3;

/** All lines of the plant: whether each runs, its coil, and what needs a person there. */
export function LinesPage() {
  const all = plant.value;
  if (!all) return <p class="empty">{t("waiting")}</p>;
  if (!all.stations.length) return <p class="empty">{t("noLine")}</p>;
  return (
    <section class="page">
      <h1>{t("allLines")}</h1>
      <div class="scroll lines">
        {all.stations.map((line) => (
          <LineCard key={line.name} line={line} state={stateOf(line)} />
        ))}
      </div>
    </section>
  );
}

function LineCard({ line, state }: { line: Line; state: LineState }) {
  const isCostly = line.alarms.some((a) => a.cost <= 1);
  const isDown = line.in_use && state !== "runs";
  const isBad = isDown || (isCostly && line.in_use);
  return (
    <article class={isBad ? "line bad" : line.alarms.length && line.in_use ? "line warn" : "line"}>
      <h2>{line.name}</h2>
      <p class="quiet">{[line.plant, line.line, !line.in_use && t("notInUse")].filter(Boolean).join(" · ")}</p>
      <p class={isDown ? "state down" : "state"}>
        <b>
          {state === "runs" ? "●" : "✕"} {t(STATE_WORDS[state])}
        </b>
        {line.stored_at && state !== "runs" && <span> {t("lastStored", { when: moment(line.stored_at) })}</span>}
      </p>
      {line.coil ? <CoilOfLine line={line} coil={line.coil} /> : <p class="quiet">{t("noCoil")}</p>}
      <ul>
        {line.alarms.slice(0, SHOWN_ALARMS).map((alarm) => (
          <li key={alarm.key}>
            <b>
              {alarm.cost <= 1 ? "▲" : "◆"} {alarmName(alarm)}
            </b>{" "}
            {alarmSubject(alarm)} <span class="advice">{alarmAdvice(alarm).join(" ")}</span>
          </li>
        ))}
        {line.alarms.length > SHOWN_ALARMS && <li>{t("andMore", { n: line.alarms.length - SHOWN_ALARMS })}</li>}
      </ul>
    </article>
  );
}

function CoilOfLine({ line, coil }: { line: Line; coil: NonNullable<Line["coil"]> }) {
  const isComplete = coil.inspected_m === coil.length_m;
  return (
    <p>
      <a href={coilAddress("map", coil.coil_id, line.name)}>
        {t("coil")} {coilName(coil)}
      </a>{" "}
      {metres(coil.length_m)}
      {coil.length_m > 0 && (
        <span class={isComplete ? "" : "share"}>
          {" "}
          · {t("share")} {percentInspected(coil.inspected_m / coil.length_m)}
        </span>
      )}{" "}
      · {t("defects")} {coil.defects}
      <br />
      <span>
        {coil.status === "final" && <Verdict decision={stands(coil)} />}{" "}
        {coil.status !== "final" && line.runs ? statusName(coil.status) : sentences(bySkelp(coil).reasons)}
      </span>
    </p>
  );
}

const STATE_WORDS = { runs: "lineRuns", quiet: "lineQuiet", stopped: "lineStopped" } as const;
