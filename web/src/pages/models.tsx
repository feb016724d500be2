import { useState } from "preact/hooks";
import type { Models as Known, ModelChoice, ModelHistory, ModelId } from "../api";
import { t } from "../i18n";
import { modelTitle, stageOf, useModels } from "../model-list";
import { dayAndTime, grouped } from "../numbers";
import { post, said } from "../rest";
import { coilAddress } from "../route";
import { advice, sentence } from "../sentences";
import { may } from "../session";
import { Drift } from "./drift";

/** The models of the line: which one inspects, another one for the coils that begin later, and what was chosen before. */
export function Models() {
  const { models, history, problem, take } = useModels();
  const [refusal, setRefusal] = useState("");
  const change = async (asked: Promise<Known>) => {
    setRefusal("");
    try {
      take(await asked);
    } catch (error) {
      setRefusal(said(error));
    }
  };
  const rollBack = (to: ModelId) => {
    if (confirm(t("goBackSure", { model: modelTitle(to) }))) void change(post("/api/v1/model/rollback", {}, undefined));
  };
  const ask = (file: string, watch: boolean) => {
    if (confirm(t("putOnLineSure", { file }))) void change(post("/api/v1/model", {}, { file, watch }));
  };
  return (
    <section class="page models">
      <div class="bar">
        <h1>{t("models")}</h1>
        <a href="#/shadow">{t("shadows")}</a>
        {!may("model") && <span class="quiet">{t("modelsReadOnly")}</span>}
      </div>
      {[problem, refusal].filter(Boolean).map((text) => (
        <p key={text} class="problem" role="alert">
          {text}
        </p>
      ))}
      {!models && !problem && <p class="empty">…</p>}
      {models && (
        <div class="scroll">
          <OnLine models={models} history={history} rollBack={rollBack} />
          <Drift />
          <Files models={models} ask={ask} />
          <History choices={history?.choices ?? []} />
        </div>
      )}
    </section>
  );
}

interface OnLineProps {
  models: Known;
  history: ModelHistory | null;
  rollBack: (to: ModelId) => void;
}

function OnLine({ models: m, history, rollBack }: OnLineProps) {
  const stage = stageOf(m);
  const since = history?.since;
  const isBusy = m.trying !== null;
  return (
    <dl>
      <dt>{t("onLine")}</dt>
      <dd>
        <Model model={m.running} />
        {since && (
          <div class="quiet">
            {t("sinceCoil", { coil: since.name, when: dayAndTime(since.started_at) })}{" "}
            <a href={coilAddress("report", since.coil_id)}>{t("report")}</a>
          </div>
        )}
        {stage === "watched" && <div class="warn">◆ {t("modelWatched")}</div>}
      </dd>
      {m.running.sha256 !== m.chosen.sha256 && (
        <>
          <dt>{t("nextCoils")}</dt>
          <dd>
            <Model model={m.chosen} />
            <div class="warn">◆ {t("coilEndsWithIt")}</div>
          </dd>
        </>
      )}
      {isBusy && (
        <>
          <dt>{t("modelTrial")}</dt>
          <dd role="status">
            <b>… {t("beingTried", { file: m.trying || t("ofStationFile") })}</b>
          </dd>
        </>
      )}
      {m.refused && (
        <>
          <dt>{t("modelRefusal")}</dt>
          <dd role="alert">
            <div class="warn sentence">
              ◆ {t("modelRefused", { file: m.refused.file || t("ofStationFile") })} {sentence(m.refused.reason)}
            </div>
            <div class="advice">{advice([m.refused.reason]).join(" ")}</div>
            <div class="quiet">{dayAndTime(m.refused.at)}</div>
          </dd>
        </>
      )}
      {m.previous && (
        <>
          <dt>{t("modelBefore")}</dt>
          <dd>
            <Model model={m.previous} />
            {may("model") && (
              <button type="button" disabled={isBusy} onClick={() => m.previous && rollBack(m.previous)}>
                {t("goBack")}
              </button>
            )}
          </dd>
        </>
      )}
    </dl>
  );
}

function Model({ model }: { model: ModelId }) {
  return (
    <span class="model">
      <b>{modelTitle(model)}</b> <code title={model.sha256}>{model.sha256.slice(0, 12)}</code>
    </span>
  );
}

interface FilesProps {
  models: Known;
  ask: (file: string, watch: boolean) => void;
}

/** The files that may be asked for, each with its button. */
function Files({ models, ask }: FilesProps) {
  const [watch, setWatch] = useState(true);
  return (
    <>
      <h2>{t("modelFiles")}</h2>
      {models.files.length === 0 && <p class="empty">{t("noModelFiles")}</p>}
      {models.files.length > 0 && may("model") && (
        <label class="watch">
          <input type="checkbox" checked={watch} onChange={(e) => setWatch(e.currentTarget.checked)} />{" "}
          {t("watchRates")}
        </label>
      )}
      <ul class="files">
        {models.files.map((file) => (
          <li key={file}>
            <code>{file}</code>
            {may("model") && (
              <button type="button" disabled={models.trying !== null} onClick={() => ask(file, watch)}>
                {t("putOnLine")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Why a model was chosen, in the page's language. */
const WHY = {
  asked: "whyAsked",
  unwatched: "whyUnwatched",
  rolled_back: "whyRolledBack",
  rates: "whyRates",
  failed: "whyFailed",
} as const;

function History({ choices }: { choices: ModelChoice[] }) {
  return (
    <>
      <h2>{t("modelHistory")}</h2>
      {choices.length === 0 && <p class="empty">{t("noModelHistory")}</p>}
      {choices.length > 0 && (
        <table class="plain">
          <thead>
            <tr>
              <th>{t("when")}</th>
              <th>{t("model")}</th>
              <th>{t("why")}</th>
              <th class="number">{t("coilsInspected")}</th>
            </tr>
          </thead>
          <tbody>
            {choices.map((c) => (
              <tr key={c.at}>
                <td class="time">{dayAndTime(c.at)}</td>
                <td>
                  <Model model={c.model} />
                  <small>{c.file || t("ofStationFile")}</small>
                </td>
                <td class="sentence">{t(WHY[c.why])}</td>
                <td class="number">{grouped(c.coils)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
