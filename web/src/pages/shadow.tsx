import { useEffect, useState } from "preact/hooks";
import type { Coil, LoneDefect, ModelVerdict, Shadow } from "../api";
import { t } from "../i18n";
import { ClassName } from "../marker";
import { modelTitle } from "../model-list";
import { grouped, metres, percentInspected } from "../numbers";
import { get, Refused, said } from "../rest";
import { coilAddress, route } from "../route";
import { className, sentence, sideName } from "../sentences";
import { rows, signed } from "../shadows";
import { Shadows } from "./shadow-list";
import { Verdict } from "./verdict";

/** What a second model would have said: of one coil, or of the newest coils. */
export function ShadowPage() {
  const { coil } = route.value;
  return coil === null ? <Shadows /> : <OfCoil key={coil} coil={coil} />;
}

interface Found {
  shadow: Shadow | null;
  /** Why there is none. */
  problem: string;
}

const NONE: Found = { shadow: null, problem: "" };

function useShadow(coil_id: string, isWanted = true): Found {
  const asked = isWanted ? coil_id : "";
  const [found, setFound] = useState({ ...NONE, asked });
  useEffect(() => {
    if (!asked) return;
    let left = false;
    const show = (now: Found) => left || setFound({ ...now, asked });
    get("/api/v1/coils/{coil_id}/shadow", { coil_id: asked }).then(
      (shadow) => show({ shadow, problem: "" }),
      (error) => show({ shadow: null, problem: why(error) }),
    );
    return () => {
      left = true;
    };
  }, [asked]);
  return found.asked === asked ? found : NONE; // never another coil's
}

const why = (error: unknown): string =>
  error instanceof Refused && error.status === 404 ? t("noShadowOfCoil") : said(error);

/** In the report: whether both models would decide the same, with the way to what each found. */
export function InShadow({ coil }: { coil: Coil }) {
  const { shadow: found } = useShadow(coil.coil_id, coil.status === "final"); // most coils have none
  if (!found) return null;
  return (
    <>
      <dt>{t("secondModel")}</dt>
      <dd>
        {modelTitle(found.second.model)}:{" "}
        <a href={coilAddress("shadow", coil.coil_id)} class={found.agree ? "" : "warn"}>
          {found.agree ? t("bothDecide") : `◆ ${t("theyDiffer")}`}
        </a>
      </dd>
    </>
  );
}

function OfCoil({ coil }: { coil: string }) {
  const { shadow: found, problem } = useShadow(coil);
  return (
    <section class="page shadow">
      <div class="bar">
        <h1>
          {t("secondModel")}: {t("coil")} {coil}
        </h1>
        <a href={coilAddress("report", coil)}>{t("report")}</a>
        <a href={coilAddress("map", coil)}>{t("map")}</a>
        {route.value.station === null && <a href="#/shadow">{t("shadows")}</a>}
      </div>
      {problem && <p class="empty">{problem}</p>}
      {found && (
        <div class="scroll">
          <p>
            <b class={found.agree ? "" : "warn"}>{found.agree ? t("bothDecide") : `◆ ${t("theyDiffer")}`}</b>{" "}
            <span class="quiet">{t("shadowWhat", { share: percentInspected(found.seen_share) })}</span>
          </p>
          <Beside first={found.first} second={found.second} />
          <div class="lone">
            <Alone of={found.first} />
            <Alone of={found.second} />
          </div>
        </div>
      )}
    </section>
  );
}

interface Two {
  first: ModelVerdict;
  second: ModelVerdict;
}

/** Both models beside each other: what each would decide and why, and what each found. */
function Beside({ first, second }: Two) {
  const both = [
    { side: "first", v: first },
    { side: "second", v: second },
  ];
  return (
    <table class="plain beside">
      <thead>
        <tr>
          <td />
          <th scope="col" class="name">
            <b>{modelTitle(first.model)}</b> <small>{t("inspectedIt")}</small>
          </th>
          <th scope="col" class="name">
            <b>{modelTitle(second.model)}</b> <small>{t("inShadow")}</small>
          </th>
          <th scope="col" class="number">
            {t("difference")}
          </th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{t("wouldDecide")}</th>
          {both.map(({ side, v }) => (
            <td key={side}>
              <Verdict decision={v.decision} />
              {v.reasons.map((reason) => (
                <small key={sentence(reason)} class="sentence">
                  {sentence(reason)}
                </small>
              ))}
            </td>
          ))}
          <td />
        </tr>
        <Numbers name={t("defects")} first={first.defects} second={second.defects} />
        {rows(first.by_class, second.by_class).map((r) => (
          <Numbers key={r.name} name={<ClassName name={r.name} />} first={r.first} second={r.second} isPart />
        ))}
        {rows(first.by_severity, second.by_severity)
          .sort((a, b) => Number(b.name) - Number(a.name))
          .map((r) => (
            <Numbers key={r.name} name={`${t("severity")} ${r.name}`} first={r.first} second={r.second} isPart />
          ))}
        {rows(first.marks, second.marks).map((r) => (
          <Numbers
            key={r.name}
            name={`${className(r.name)} (${t("marks")})`}
            first={r.first}
            second={r.second}
            isPart
          />
        ))}
        <tr>
          <th scope="row">{t("onlyOneFound")}</th>
          {both.map(({ side, v }) => (
            <td key={side}>
              <b>{v.alone ? grouped(v.alone.defects) : t("notCompared")}</b>
            </td>
          ))}
          <td />
        </tr>
      </tbody>
    </table>
  );
}

interface NumbersProps {
  name: preact.ComponentChildren;
  first: number;
  second: number;
  isPart?: boolean;
}

function Numbers({ name, first, second, isPart = false }: NumbersProps) {
  return (
    <tr class={isPart ? "part" : ""}>
      <th scope="row">{name}</th>
      <td>{grouped(first)}</td>
      <td>{grouped(second)}</td>
      <td class="number">{first === second ? <span class="quiet">0</span> : <b>{signed(second - first)}</b>}</td>
    </tr>
  );
}

/** The worst defects that only this model found. */
function Alone({ of: verdict }: { of: ModelVerdict }) {
  const { alone, model } = verdict;
  if (!alone?.defects) return null;
  return (
    <div>
      <h2>
        {t("foundOnlyBy", { model: modelTitle(model), n: alone.defects })}
        {alone.worst.length < alone.defects && <small> {t("ofTheWorst", { n: alone.worst.length })}</small>}
      </h2>
      <table class="plain">
        <thead>
          <tr>
            <th>{t("defects")}</th>
            <th class="number">{t("severity")}</th>
            <th class="number">{t("position")}</th>
            <th class="number">{t("area")}</th>
            <th class="number">{t("score")}</th>
          </tr>
        </thead>
        <tbody>
          {alone.worst.map((d) => (
            <Lone key={`${d.side} ${d.along_mm} ${d.across_mm} ${d.class}`} defect={d} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Lone({ defect: d }: { defect: LoneDefect }) {
  return (
    <tr>
      <td>
        <ClassName name={d.class} />
        <small>
          {d.length_mm.toFixed(0)} × {d.width_mm.toFixed(0)} mm
        </small>
      </td>
      <td class="number">{d.severity}</td>
      <td class="number">
        {metres(d.along_mm / 1000, 2)}
        <small>
          {d.across_mm.toFixed(0)} mm · {sideName(d.side)}
        </small>
      </td>
      <td class="number">{d.area_mm2.toFixed(0)} mm²</td>
      <td class="number">{d.score.toFixed(2)}</td>
    </tr>
  );
}
