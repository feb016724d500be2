import { useState } from "preact/hooks";
import type { Alarm } from "../api";
import { alarms } from "../connection";
import { t, type Word } from "../i18n";
import { useKeys } from "../keys";
import { moment } from "../numbers";
import { operator } from "../operator";
import { post } from "../rest";
import { alarmAdvice, alarmName, alarmPlace, alarmSubject, sentences } from "../sentences";

export function Alarms() {
  const [chosen, setChosen] = useState(0);
  const [problem, setProblem] = useState("");
  const list = alarms.value;
  const at = Math.min(chosen, Math.max(0, list.length - 1));
  const acknowledge = async () => {
    const alarm = list[at];
    if (!alarm) return;
    if (!operator.value) return setProblem(t("operatorWanted"));
    try {
      await post("/api/v1/alarms/acknowledge", {}, { key: alarm.key, operator: operator.value });
      alarms.value = alarms.value.filter((a) => a.key !== alarm.key || a.standing);
      setProblem("");
    } catch (error) {
      setProblem(String(error));
    }
  };
  useKeys({
    a: () => void acknowledge(),
    arrowdown: () => setChosen(Math.min(list.length - 1, at + 1)),
    arrowup: () => setChosen(Math.max(0, at - 1)),
  });
  return (
    <section class="page">
      <div class="bar">
        <h1>{t("alarms")}</h1>
        {problem && (
          <strong class="note" role="alert">
            {problem}
          </strong>
        )}
        <button type="button" disabled={!list.length} onClick={() => void acknowledge()}>
          {t("acknowledge")}
        </button>
      </div>
      {list.length === 0 ? (
        <p class="empty calm">{t("nothingToDo")}</p>
      ) : (
        <ol class="alarms">
          {list.map((alarm, n) => (
            <li key={alarm.key}>
              <button type="button" class={row(alarm, n === at)} aria-pressed={n === at} onClick={() => setChosen(n)}>
                <Line alarm={alarm} />
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

const row = (alarm: Alarm, chosen: boolean): string =>
  ["alarm", alarm.acknowledged_by ? "seen" : alarm.cost <= 1 ? "bad" : "warn", chosen ? "chosen" : ""].join(" ");

function Line({ alarm }: { alarm: Alarm }) {
  const title = [alarmName(alarm), alarmSubject(alarm)].filter(Boolean).join(" · ");
  const why = [sentences(alarm.reasons), alarmPlace(alarm)].filter(Boolean).join(" · ");
  const often = [
    ...(alarm.count > 1 ? [t("times", { n: alarm.count })] : []),
    ...(alarm.standing ? [t("ongoing")] : []),
  ];
  return (
    <>
      <span class="sign" aria-hidden="true">
        {alarm.cost <= 1 ? "▲" : "◆"}
      </span>
      <span class="what">
        <b>{title}</b>
        {why && <span class="sentence">{why}</span>}
        <span class="advice">{alarmAdvice(alarm).join(" ")}</span>
      </span>
      <span class="when">
        <b>{often.join(" · ")}</b>
        <span>{t(`cost${alarm.cost}` as Word)}</span>
        <span>{t("since", { time: moment(alarm.first_time) })}</span>
        {alarm.count > 1 && <span>{t("last", { time: moment(alarm.last_time) })}</span>}
        {alarm.acknowledged_by && <span>{t("acknowledged", { who: alarm.acknowledged_by })}</span>}
      </span>
    </>
  );
}
