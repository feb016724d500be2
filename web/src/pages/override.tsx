import { useState } from "preact/hooks";
import type { Coil, Decision } from "../api";
import { DECISIONS } from "../decisions";
import { t } from "../i18n";
import { dayAndTime } from "../numbers";
import { operator } from "../operator";
import { ofPlant } from "../place";
import { post, said } from "../rest";
import { decisionName } from "../sentences";
import { may } from "../session";

/** What a person decided for a coil, in one line. */
export function Overridden({ coil }: { coil: Coil }) {
  const given = coil.override;
  if (!given) return null;
  return (
    <b class={given.decision === "hold" ? "held" : ""}>
      {t("decidedBy", { operator: given.operator })}: {decisionName(given.decision)}, {given.note} (
      {dayAndTime(given.at)})
    </b>
  );
}

/** The form in which a person decides on a final coil, with a reason. skelp's own decision stays in the record. */
export function Decide({ coil, decided }: { coil: Coil; decided: () => void }) {
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState("");
  if (coil.status !== "final" || ofPlant.value || !may("review")) return null;
  const decide = async (decision: Decision) => {
    if (!operator.value) return setProblem(t("operatorWanted"));
    if (note.trim().length < 3) return setProblem(t("reasonWanted"));
    try {
      const body = { decision, note: note.trim(), operator: operator.value };
      await post("/api/v1/coils/{coil_id}/override", { coil_id: coil.coil_id }, body);
      setNote("");
      setProblem("");
      decided();
    } catch (error) {
      setProblem(said(error));
    }
  };
  return (
    <form class="decide" onSubmit={(e) => e.preventDefault()}>
      <label>
        {t("yourReason")} <input value={note} maxLength={1000} onInput={(e) => setNote(e.currentTarget.value)} />
      </label>
      {DECISIONS.map((decision) => (
        <button key={decision} type="button" onClick={() => void decide(decision)}>
          {decisionName(decision)}
        </button>
      ))}
      {problem && (
        <strong class="note" role="alert">
          {problem}
        </strong>
      )}
    </form>
  );
}
