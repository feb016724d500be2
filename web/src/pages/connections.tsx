import { useState } from "preact/hooks";
import type { PlantConnection } from "../api";
import { illFirst, isIll, languageName, standingName, typedEvent, useConnections } from "../connection-list";
import { t } from "../i18n";
import { grouped, moment } from "../numbers";
import { operator } from "../operator";
import { post, remove, said } from "../rest";
import { may } from "../session";

/** The connections to the plant's systems: what each is doing, what waits, and to have a process send again. */
export function Connections() {
  const { connections, problem, read } = useConnections();
  const [refusal, setRefusal] = useState("");
  const ask = async (asked: Promise<unknown>) => {
    setRefusal("");
    try {
      await asked;
      await read();
    } catch (error) {
      setRefusal(said(error));
    }
  };
  const again = (connection: string, text: string) => {
    const event = typedEvent(text);
    if (event === null) return setRefusal(t("eventWanted"));
    if (!operator.value) return setRefusal(t("operatorWanted"));
    if (!confirm(t("sendAgainSure", { n: event, connection }))) return;
    const body = { after_seq: event, operator: operator.value };
    void ask(post("/api/v1/connections/{connection}/send-again", { connection }, body));
  };
  const takeOff = (connection: string) => {
    if (confirm(t("removeSure", { connection }))) void ask(remove("/api/v1/connections/{connection}", { connection }));
  };
  return (
    <section class="page connections">
      <div class="bar">
        <h1>{t("connections")}</h1>
        <a href="#/station">{t("station")}</a>
      </div>
      {[problem, refusal].filter(Boolean).map((text) => (
        <p key={text} class="problem" role="alert">
          {text}
        </p>
      ))}
      <div class="scroll">
        {connections && <p class="quiet">{connections.length ? t("connectionsWhat") : t("noConnections")}</p>}
        <ul class="cards">
          {illFirst(connections ?? []).map((c) => (
            <li key={c.name} class={isIll(c) ? "ill" : ""}>
              <Head connection={c} />
              <Facts connection={c} />
              <div class="acts">
                {may("send_again") && <Again connection={c} again={(text) => again(c.name, text)} />}
                {may("admin") && c.silent && (
                  <button type="button" onClick={() => takeOff(c.name)}>
                    {t("removeConnection")}
                  </button>
                )}
              </div>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function Head({ connection: c }: { connection: PlantConnection }) {
  return (
    <>
      <h2>
        {c.name} <small>{languageName(c.language)}</small>
      </h2>
      <p class={isIll(c) ? "state warn" : "state"}>
        <b class="sentence">{standingName(c)}</b>
      </p>
      {c.silent && <p class="warn">{t("silentSince", { when: moment(c.heard_at) })}</p>}
      {c.failing_since && <p class="warn">{t("failingSince", { when: moment(c.failing_since) })}</p>}
    </>
  );
}

function Facts({ connection: c }: { connection: PlantConnection }) {
  return (
    <dl>
      <dt>{t("peer")}</dt>
      <dd>{c.peer}</dd>
      <dt>{t("lastSent")}</dt>
      <dd>{eventAt(c.sent_seq, c.last_sent_at)}</dd>
      <dt>{t("lastAcknowledged")}</dt>
      <dd>{eventAt(c.acknowledged_seq, c.last_acknowledged_at)}</dd>
      <dt>{t("notAcknowledged")}</dt>
      <dd class={c.waiting && isIll(c) ? "warn" : ""}>{c.waiting ? grouped(c.waiting) : t("nothingWaits")}</dd>
      {c.detail && (
        <>
          <dt>{t("peerSaid")}</dt>
          <dd>{c.detail}</dd>
        </>
      )}
      {c.request && (
        <>
          <dt>{t("askedAgain")}</dt>
          <dd>
            {t("askedAgainBy", { n: grouped(c.request.after_seq), who: c.request.by, when: moment(c.request.at) })}:{" "}
            {c.request.handled ? t("againHandled") : <b class="warn">◆ {t("againOpen")}</b>}
          </dd>
        </>
      )}
    </dl>
  );
}

/** An event by its number and time, as far as they are known. */
function eventAt(event: number | null, time: string | null): string {
  if (event === null) return t("nothingYet");
  const n = grouped(event);
  return time === null ? t("eventOnly", { n }) : t("eventAt", { n, when: moment(time) });
}

function Again({ connection: c, again }: { connection: PlantConnection; again: (text: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const event = typed ?? String(c.acknowledged_seq ?? "");
  return (
    <form
      class="again"
      onSubmit={(e) => {
        e.preventDefault();
        again(event);
      }}
    >
      <label>
        {t("sendAgainAfter")}{" "}
        <input inputMode="numeric" value={event} onInput={(e) => setTyped(e.currentTarget.value)} maxLength={15} />
      </label>
      <button type="submit">{t("sendAgainFrom")}</button>
    </form>
  );
}
