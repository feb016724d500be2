import { useState } from "preact/hooks";
import type { ListedShadow, ModelVerdict } from "../api";
import { t } from "../i18n";
import { modelTitle } from "../model-list";
import { grouped, moment, percentInspected } from "../numbers";
import { useRepeated } from "../repeated";
import { get } from "../rest";
import { coilAddress } from "../route";
import { differing, ofNewestPair } from "../shadows";
import { Verdict } from "./verdict";

const REPEAT_MS = 10_000;

/** The newest coils that a second model saw, each with what both would have decided. */
export function Shadows() {
  const { answer, problem } = useRepeated(() => get("/api/v1/shadows", {}, { limit: 100 }), REPEAT_MS);
  const listed = answer?.shadows ?? null;
  const [onlyDiffering, setOnlyDiffering] = useState(false);
  const shown = (listed ?? []).filter((s) => !onlyDiffering || !s.agree);
  return (
    <section class="page shadow">
      <div class="bar">
        <h1>{t("shadows")}</h1>
        <a href="#/models">{t("models")}</a>
        <label class="watch">
          <input type="checkbox" checked={onlyDiffering} onChange={(e) => setOnlyDiffering(e.currentTarget.checked)} />{" "}
          {t("onlyDiffering")}
        </label>
      </div>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {listed?.length === 0 && <p class="empty">{t("noShadow")}</p>}
      {listed && listed.length > 0 && (
        <>
          <WhoHeldWhat listed={ofNewestPair(listed)} />
          <div class="scroll">
            <Table shown={shown} />
          </div>
        </>
      )}
    </section>
  );
}

/** Which of the two models of the newest coil would have held what. */
function WhoHeldWhat({ listed }: { listed: ListedShadow[] }) {
  const [newest] = listed;
  if (!newest) return null;
  const differ = differing(listed);
  return (
    <div>
      <p>{t("ofShadows", { n: listed.length, same: listed.filter((s) => s.agree).length })}</p>
      {differ.length > 0 && (
        <table class="plain counts">
          <thead>
            <tr>
              <th class="name">{modelTitle(newest.first.model)}</th>
              <th class="name">{modelTitle(newest.second.model)}</th>
              <th class="number">{t("coilsInspected")}</th>
            </tr>
          </thead>
          <tbody>
            {differ.map((d) => (
              <tr key={`${d.first} ${d.second}`}>
                <td>
                  <Verdict decision={d.first} />
                </td>
                <td>
                  <Verdict decision={d.second} />
                </td>
                <td class="number">{grouped(d.n)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function Table({ shown }: { shown: ListedShadow[] }) {
  return (
    <table class="plain">
      <thead>
        <tr>
          <th>{t("coil")}</th>
          <th>{t("firstModel")}</th>
          <th>{t("secondModel")}</th>
          <th class="number">{t("seenByBoth")}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((s) => (
          <tr key={s.coil_id}>
            <td>
              <a href={coilAddress("shadow", s.coil_id)}>{s.name}</a>
              {!s.agree && <b class="warn"> ◆ {t("theyDiffer")}</b>}
              <small>{moment(s.started_at)}</small>
            </td>
            {(["first", "second"] as const).map((side) => (
              <Said key={side} verdict={s[side]} />
            ))}
            <td class="number">{percentInspected(s.seen_share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Said({ verdict: v }: { verdict: ModelVerdict }) {
  return (
    <td>
      <Verdict decision={v.decision} />
      <small>
        {t("defects")}: {grouped(v.defects)}
        {v.alone !== null && v.alone.defects > 0 && ` · ${t("onlyOneFound")}: ${grouped(v.alone.defects)}`}
      </small>
      <small>{modelTitle(v.model)}</small>
    </td>
  );
}
