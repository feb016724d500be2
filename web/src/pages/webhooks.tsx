import { useEffect, useState } from "preact/hooks";
import type { Webhook } from "../api";
import { t } from "../i18n";
import { moment } from "../numbers";
import { get, post } from "../rest";
import { advice, sentence } from "../sentences";
import { may } from "../session";

const REPEAT_MS = 3000;
const DEAD_SHOWN = 5;

/** The station's webhooks: what does not arrive, and what was given up. Nothing if the station file has none. */
export function Webhooks() {
  const [webhooks, setWebhooks] = useState<Webhook[]>([]);
  const [problem, setProblem] = useState("");
  const read = () =>
    void get("/api/v1/webhooks", {}).then(
      (answer) => setWebhooks(answer.webhooks),
      () => undefined,
    );
  useEffect(() => {
    read();
    const timer = setInterval(read, REPEAT_MS);
    return () => clearInterval(timer);
  }, []);
  const again = (webhook: string) =>
    void post("/api/v1/webhooks/{webhook}/send-again", { webhook }, undefined).then(read, (error: Error) =>
      setProblem(error.message),
    );
  if (!webhooks.length) return null;
  return (
    <>
      <h2>{t("webhooks")}</h2>
      <dl>
        {webhooks.map((w) => (
          <OfOne key={w.name} webhook={w} again={may("admin") ? () => again(w.name) : null} />
        ))}
      </dl>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function OfOne({ webhook: w, again }: { webhook: Webhook; again: (() => void) | null }) {
  return (
    <>
      <dt>{w.name}</dt>
      <dd>
        <div class="quiet">
          {w.url} · {w.events.join(", ")}
        </div>
        {w.reason ? (
          <div class="warn">
            ◆ <span class="sentence">{sentence(w.reason)}</span> ({w.error}){" "}
            {w.next_try_at && t("nextTry", { when: moment(w.next_try_at) })}{" "}
            <span class="advice">{advice([w.reason]).join(" ")}</span>
          </div>
        ) : (
          <div>{t("allSent", { n: w.sent })}</div>
        )}
        {w.dead.length > 0 && <div class="warn">◆ {t("givenUp", { n: w.dead.length })}</div>}
        {w.dead.slice(0, DEAD_SHOWN).map((d) => (
          <div key={d.seq}>
            {d.seq} · {moment(d.at)} · {d.error}
          </div>
        ))}
        {again && (w.dead.length > 0 || w.reason) && (
          <button type="button" onClick={again}>
            {t("sendAgain")}
          </button>
        )}
      </dd>
    </>
  );
}
