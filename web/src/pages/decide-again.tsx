import { useState } from "preact/hooks";
import type { Coil } from "../api";
import { bySkelp } from "../decisions";
import { t } from "../i18n";
import { operator } from "../operator";
import { ofPlant } from "../place";
import { useRecipes } from "../recipe-list";
import { post, said } from "../rest";
import { may } from "../session";

interface Props {
  coil: Coil;
  /** The number of skelp's newest decision. */
  newest: number;
  decided: () => void;
}

/** The form in which a caller with the right has a final coil decided by another recipe. The decisions before it stay in the record. */
export function DecideAgain(props: Props) {
  const isWanted = props.coil.status === "final" && !ofPlant.value && may("coils");
  return isWanted ? <Form {...props} /> : null;
}

function Form({ coil, newest, decided }: Props) {
  const { recipes } = useRecipes();
  const [chosen, setChosen] = useState("");
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState("");
  const [answer, setAnswer] = useState("");
  const recipe = chosen || bySkelp(coil).recipe.name;
  const decide = async () => {
    setAnswer("");
    if (!operator.value) return setProblem(t("operatorWanted"));
    if (note.trim().length < 3) return setProblem(t("reasonWanted"));
    try {
      const body = { recipe, note: note.trim(), operator: operator.value };
      const made = await post("/api/v1/coils/{coil_id}/decide", { coil_id: coil.coil_id }, body);
      setProblem("");
      setAnswer(t(made.number > newest ? "decidedAgain" : "decidedTheSame", { recipe, n: made.number }));
      setNote("");
      decided();
    } catch (error) {
      setProblem(said(error));
    }
  };
  return (
    <form
      class="again"
      onSubmit={(e) => {
        e.preventDefault();
        void decide();
      }}
    >
      <label>
        {t("byOtherRecipe")}{" "}
        <select value={recipe} onChange={(e) => setChosen(e.currentTarget.value)}>
          {!recipes?.some((r) => r.name === recipe) && <option value={recipe}>{recipe}</option>}
          {recipes?.map((r) => (
            <option key={r.name} value={r.name}>
              {r.name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("because")} <input value={note} maxLength={1000} onInput={(e) => setNote(e.currentTarget.value)} />
      </label>
      <button type="submit">{t("decideAgain")}</button>
      {problem && (
        <strong class="note" role="alert">
          {problem}
        </strong>
      )}
      {answer && <strong role="status">{answer}</strong>}
    </form>
  );
}
