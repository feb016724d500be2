import { useEffect, useState } from "preact/hooks";
import type { Coil, Defect, Explained, Reason, Revision } from "../api";
import { bySkelp } from "../decisions";
import { t } from "../i18n";
import { dayAndTime, metres } from "../numbers";
import { cropAddress, get, said } from "../rest";
import { route } from "../route";
import { className, sentence, sentences } from "../sentences";
import { Verdict } from "./verdict";

const PICTURES = 5;

export interface Decisions {
  /** All decisions of skelp, the first one first. */
  all: Revision[];
  /** The newest one with what caused it; null where nobody can say. */
  newest: Explained | null;
  /** Why nobody can say. */
  problem: string;
}

const NONE: Decisions = { all: [], newest: null, problem: "" };

/** skelp's decisions on a coil; none before it is final. */
export function useDecisions(coil: Coil | null): Decisions {
  const coil_id = coil?.status === "final" ? coil.coil_id : "";
  const asked = `${coil_id} ${coil?.revised?.number ?? 1}`;
  const [found, setFound] = useState({ ...NONE, asked });
  useEffect(() => {
    let stopped = false;
    const show = (now: Decisions) => stopped || setFound({ ...now, asked });
    const read = async () => {
      if (!coil_id) return show(NONE);
      const all = await get("/api/v1/coils/{coil_id}/decisions", { coil_id }).then((answer) => answer.decisions);
      const number = all.at(-1)?.number ?? 1;
      await get("/api/v1/coils/{coil_id}/decisions/{number}", { coil_id, number }).then(
        (newest) => show({ all, newest, problem: "" }),
        (error) => show({ all, newest: null, problem: said(error) }),
      );
    };
    void read().catch((error) => show({ ...NONE, problem: said(error) }));
    return () => {
      stopped = true;
    };
  }, [asked]);
  return found.asked === asked ? found : NONE; // never another coil's, or those of before a new decision
}

interface WhyProps {
  coil: Coil;
  told: Decisions;
  /** The coil's defects, for the places of those that caused the decision. */
  defects: Defect[];
}

/** The reasons of skelp's newest decision, each with what it asks for and with the defects that caused it. */
export function Why({ coil, told, defects }: WhyProps) {
  const { newest, problem } = told;
  const isExplained = newest?.same ?? false; // else the reasons that are recorded
  return (
    <>
      {!isExplained && bySkelp(coil).reasons.map((reason) => <Sentence key={sentence(reason)} reason={reason} />)}
      {problem && <div class="note">{t("causesNotKnown", { why: problem })}</div>}
      {newest && !newest.same && (
        <div class="warn">
          ◆ {t("notTheSame")} <span class="quiet">{t("notTheSameWhy")}</span>
        </div>
      )}
      {newest && (
        <ul class="findings">
          {newest.findings.map((f) => (
            <Finding key={sentence(f.reason)} finding={f} defects={defects} />
          ))}
        </ul>
      )}
    </>
  );
}

function Sentence({ reason }: { reason: Reason }) {
  return <div class="sentence">{sentence(reason)}</div>;
}

interface FindingProps {
  finding: Explained["findings"][number];
  defects: Defect[];
}

function Finding({ finding: f, defects }: FindingProps) {
  const { then: _, ...args } = f.reason.args; // the verdict before it says what the reason asks for
  const worst = f.defect_ids.slice(0, PICTURES);
  return (
    <li>
      {f.then !== "accept" && <Verdict decision={f.then} />}
      <Sentence reason={{ ...f.reason, args }} />
      {f.defects > 0 && (
        <div class="causes">
          <span class="quiet">{t(f.defects === 1 ? "causedByOne" : "causedBy", { n: f.defects })}</span>
          {worst.map((id) => (
            <Cause key={id} id={id} defect={defects.find((d) => d.defect_id === id)} />
          ))}
          {f.defects > worst.length && <span class="quiet">{t("andMore", { n: f.defects - worst.length })}</span>}
        </div>
      )}
    </li>
  );
}

/** A defect that caused a decision: where it is, and its picture, which a click shows by itself. */
function Cause({ id, defect: d }: { id: string; defect: Defect | undefined }) {
  const [missing, setMissing] = useState(false);
  const text = d ? `${className(d.class)} ${metres(d.along_mm / 1000, 2)}` : id;
  if (route.value.station !== null || missing) return <span class="cause">{text}</span>;
  return (
    <a class="cause" href={cropAddress(id)} target="_blank" rel="noreferrer">
      <img src={cropAddress(id)} alt="" onError={() => setMissing(true)} />
      {text}
    </a>
  );
}

/** All decisions of skelp on a coil, the newest first, where there is more than one. */
export function AllDecisions({ all }: { all: Revision[] }) {
  if (all.length < 2) return null;
  return (
    <>
      <h2>{t("allDecisions")}</h2>
      <table class="plain">
        <thead>
          <tr>
            <th class="number">{t("number")}</th>
            <th>{t("decision")}</th>
            <th>{t("recipe")}</th>
            <th>{t("askedBy")}</th>
            <th>{t("why")}</th>
            <th>{t("when")}</th>
          </tr>
        </thead>
        <tbody>
          {all.toReversed().map((r) => (
            <tr key={r.number}>
              <td class="number">{r.number}</td>
              <td>
                <Verdict decision={r.decision} />
              </td>
              <td>
                {r.recipe.name} <code>{r.recipe.sha256.slice(0, 8)}</code>
              </td>
              <td>
                {r.operator || "skelp"}
                {r.note && <small>{r.note}</small>}
              </td>
              <td class="why sentence">{sentences(r.reasons)}</td>
              <td class="quiet time">{dayAndTime(r.at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
