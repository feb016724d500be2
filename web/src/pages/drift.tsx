import { useState } from "preact/hooks";
import type { ClassDrift, Drift as Figures, FoundOnCoils } from "../api";
import { t } from "../i18n";
import { ClassName } from "../marker";
import { grouped, percent } from "../numbers";
import { useRepeated } from "../repeated";
import { get } from "../rest";
import { advice, sentence } from "../sentences";

const REPEAT_MS = 30_000;

/** What the model finds on the newest coils of a product, beside the coils before and the pictures of its card. */
export function Drift() {
  const [product, setProduct] = useState<string | null>(null);
  const asked = product === null ? {} : { product };
  const { answer: found, problem } = useRepeated(
    () => get("/api/v1/model/drift", {}, asked),
    REPEAT_MS,
    JSON.stringify(asked),
  );
  return (
    <>
      <h2>{t("whatItFinds")}</h2>
      {!found && <p class="empty">{problem || "…"}</p>}
      {found && (
        <>
          <p class="drift-of">
            <label>
              {t("steelProduct")}{" "}
              <select value={found.product} onChange={(e) => setProduct(e.currentTarget.value)}>
                {found.products.map((p) => (
                  <option key={p} value={p}>
                    {p || "–"}
                  </option>
                ))}
              </select>
            </label>{" "}
            <span class="quiet">
              {found.model.name}: {t("driftCoils", { now: found.coils, before: found.before_coils })}
            </span>
          </p>
          {found.reasons.map((r) => (
            <div key={JSON.stringify(r)}>
              <b class="warn sentence">◆ {sentence(r)}</b>
              <div class="advice">{advice([r]).join(" ")}</div>
            </div>
          ))}
          {found.classes.length === 0 ? <p class="empty">{t("none")}</p> : <Classes found={found} />}
        </>
      )}
    </>
  );
}

function Classes({ found }: { found: Figures }) {
  const hasCard = found.classes.some((c) => c.card);
  return (
    <div class="scroll">
      <table class="plain drift">
        <thead>
          <tr>
            <th>{t("defectClass")}</th>
            <th />
            <th class="number">{t("defects")}</th>
            <th class="number">{t("per100m")}</th>
            <th class="number">{t("shareOfAll")}</th>
            <th class="number">{t("meanScore")}</th>
            <th class="number">{t("rejectedShare")}</th>
          </tr>
        </thead>
        {found.classes.map((c) => (
          <OfClass key={c.class} found={c} isDrifted={found.reasons.some((r) => r.args.class === c.class)} />
        ))}
      </table>
      {!hasCard && <p class="quiet">{t("cardSaysNothing")}</p>}
    </div>
  );
}

function OfClass({ found: c, isDrifted }: { found: ClassDrift; isDrifted: boolean }) {
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" rowSpan={1 + (c.before ? 1 : 0) + (c.card ? 1 : 0)}>
          <ClassName name={c.class} />
          {isDrifted && <b class="warn"> ◆</b>}
        </th>
        <OnCoils when={t("newestCoils")} found={c.now} />
      </tr>
      {c.before && (
        <tr class="quiet">
          <OnCoils when={t("coilsBefore")} found={c.before} />
        </tr>
      )}
      {c.card && (
        <tr class="quiet">
          <td>{t("onCard")}</td>
          <td class="number">{grouped(c.card.defects)}</td>
          <td class="number" />
          <td class="number">{share(c.card.share)}</td>
          <td class="number">{c.card.mean_score.toFixed(2)}</td>
          <td class="number" />
        </tr>
      )}
    </tbody>
  );
}

function OnCoils({ when, found }: { when: string; found: FoundOnCoils }) {
  return (
    <>
      <td>{when}</td>
      <td class="number">{grouped(found.defects)}</td>
      <td class="number">{found.per_100m.toFixed(2)}</td>
      <td class="number">{share(found.share)}</td>
      <td class="number">{found.mean_score?.toFixed(2) ?? "–"}</td>
      <td class="number">{share(found.rejected)}</td>
    </>
  );
}

const share = (value: number | null): string => (value === null ? "–" : percent(value));
