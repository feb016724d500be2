import { useCoil, useShownCoil } from "../coil-data";
import { station } from "../connection";
import { clock, metres, reason, sideName, t } from "../i18n";
import { useKeys } from "../keys";
import { ClassName } from "../marker";
import { crop, mapPicture } from "../rest";
import { route } from "../route";
import type { Coil, Defect, Interval } from "../types";

const WORST = 12;
const PASSED = 40;

/** One coil on paper: figures, map, what was not inspected, the worst defects with their pictures. The browser prints it or makes a PDF. */
export function Report() {
  const id = useShownCoil(route.value.what);
  const { coil, defects, account, problem } = useCoil(id);
  useKeys({ p: () => print() });
  if (!coil) return <p class="empty">{problem || t("waiting")}</p>;
  const worst = [...defects].sort((a, b) => b.severity - a.severity || b.area_mm2 - a.area_mm2).slice(0, WORST);
  return (
    <section class="page report">
      <div class="bar">
        <h1>
          {t("report")}: {t("coil")} {coil.name}
        </h1>
        <button type="button" onClick={() => print()}>
          {t("print")}
        </button>
      </div>
      <Figures coil={coil} />
      <img class="paper-map" src={mapPicture(coil.coil_id, coil.revision)} alt={t("map")} />
      <Unseen account={account.filter((i) => i.state !== "inspected")} />
      <h2>{t("worst")}</h2>
      {worst.length === 0 && <p>{t("none")}</p>}
      <ol class="worst">
        {worst.map((d) => (
          <Worst key={d.defect_id} defect={d} />
        ))}
      </ol>
    </section>
  );
}

function Figures({ coil: c }: { coil: Coil }) {
  return (
    <dl>
      <dt>{t("decision")}</dt>
      <dd>
        <b>{c.status === "final" ? t(c.decision) : t(c.status)}</b> {reason(c.reasons.join("; "))}
      </dd>
      <dt>{t("started")}</dt>
      <dd>
        {new Date(c.started_at).toLocaleDateString()} {clock(c.started_at)}{" "}
        {c.finished_at && `– ${clock(c.finished_at)}`} · {station.value?.name}
      </dd>
      <dt>{t("product")}</dt>
      <dd>{[c.heat, c.product].filter(Boolean).join(" · ") || "–"}</dd>
      <dt>{t("length")}</dt>
      <dd>
        {metres(c.length_m)} · {metres(c.inspected_m)} {t("inspected")} · {metres(c.degraded_m)} {t("degraded")} ·{" "}
        {metres(c.lost_m)} {t("lost")}
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
    </dl>
  );
}

function Unseen({ account }: { account: Interval[] }) {
  if (!account.length) return null;
  return (
    <>
      <h2>{t("unseen")}</h2>
      <ul>
        {account.slice(0, PASSED).map((i) => (
          <li key={i.first_line}>
            {metres(i.from_m, 2)} – {metres(i.to_m, 2)}: {t(i.state)}, {reason(i.reason)}
          </li>
        ))}
        {account.length > PASSED && <li>{t("andMore", { n: account.length - PASSED })}</li>}
      </ul>
    </>
  );
}

function Worst({ defect: d }: { defect: Defect }) {
  return (
    <li>
      <img src={crop(d.defect_id)} alt="" />
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
