import { useState } from "preact/hooks";
import { alarms } from "../connection";
import { about, alarmName, clock, reason, t, type Word, whereabouts } from "../i18n";
import { useKeys } from "../keys";
import { operator } from "../operator";
import { post } from "../rest";
import type { Alarm } from "../types";

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
      await post("alarms/acknowledge", { key: alarm.key, operator: operator.value });
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
        <p class="empty calm">{t("nothing")}</p>
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
  return (
    <>
      <span class="sign" aria-hidden="true">
        {alarm.cost <= 1 ? "▲" : "◆"}
      </span>
      <span class="what">
        <b>
          {alarmName(alarm.kind)} · {about(alarm)}
        </b>
        <span>{[reason(alarm.reason), whereabouts(alarm)].filter(Boolean).join(" · ")}</span>
      </span>
      <span class="when">
        <b>{alarm.count > 1 ? t("times", { n: alarm.count }) : ""}</b>
        <span>
          {t(`cost${alarm.cost}` as Word)} · {t("since", { time: clock(alarm.first_time) })}
          {alarm.count > 1 && ` · ${t("last", { time: clock(alarm.last_time) })}`}
          {alarm.standing && ` · ${t("standing")}`}
          {alarm.acknowledged_by && ` · ${t("acknowledged", { who: alarm.acknowledged_by })}`}
        </span>
      </span>
    </>
  );
}
