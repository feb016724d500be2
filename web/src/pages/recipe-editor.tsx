import { useState } from "preact/hooks";
import type { Preview, Recipe } from "../api";
import { draftKey, draftState, drafts, forget, goOn, keep } from "../drafts";
import { t } from "../i18n";
import { operator } from "../operator";
import { post, put, Refused, said } from "../rest";
import { lastPerson, may } from "../session";
import { Trial } from "./recipe-trial";

const NEWEST = 100;

interface Props {
  recipe: Recipe;
  /** Whether the station has no other one. */
  isOnly: boolean;
  readAgain: () => Promise<void>;
}

/** What was tried: the text, and what it would decide. */
interface Tried {
  toml: string;
  found: Preview;
}

/** The text of a recipe, and beside it what can be done with it. */
export function RecipeEditor({ recipe, isOnly, readAgain }: Props) {
  const key = draftKey(lastPerson.value, recipe.name);
  const draft = drafts.value.get(key);
  const state = draftState(draft, recipe);
  const text = draft?.toml ?? recipe.toml;
  const [note, setNote] = useState("");
  const [ofAll, setOfAll] = useState(isOnly);
  const [tried, setTried] = useState<Tried | null>(null);
  const [faults, setFaults] = useState<string[]>([]);
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [isSaved, setSaved] = useState(false);

  const doing = async (work: () => Promise<void>) => {
    setBusy(true);
    setSaved(false);
    setFaults([]);
    setProblem("");
    try {
      await work();
    } catch (error) {
      const told = error instanceof Refused ? error.problem : null;
      if (told?.faults) setFaults(told.faults.map((f) => f.fault));
      else if (told?.conflict === "recipe_changed")
        await readAgain(); // the page then says what to do
      else setProblem(said(error));
    }
    setBusy(false);
  };
  const attempt = () =>
    doing(async () => {
      setTried(null);
      const asked = { toml: text, newest: NEWEST, ...(ofAll ? {} : { recipe: recipe.name }) };
      setTried({ toml: text, found: await post("/api/v1/recipe-previews", {}, asked) });
    });
  const save = () => {
    if (!draft) return;
    if (!operator.value) return setProblem(t("operatorWanted"));
    if (note.trim().length < 3) return setProblem(t("reasonWanted"));
    void doing(async () => {
      const change = { toml: text, instead_of: draft.from.text_sha256, note: note.trim(), operator: operator.value };
      await put("/api/v1/recipes/{recipe}", { recipe: recipe.name }, change);
      await readAgain();
      forget(key);
      setNote("");
      setSaved(true);
    });
  };

  if (!recipe.toml) return <p class="empty">{t("recipeWithoutFile")}</p>;
  return (
    <div class="editing">
      <textarea
        aria-label={t("recipeText", { name: recipe.name })}
        value={text}
        readOnly={!may("recipes")}
        spellcheck={false}
        wrap="off"
        maxLength={100_000}
        onInput={(e) => {
          keep(key, e.currentTarget.value, recipe);
          setSaved(false);
        }}
      />
      {may("recipes") && (
        <div class="doing">
          {state === "overtaken" && <Overtaken recipe={recipe} draft={key} />}
          <div class="bar">
            <button type="button" disabled={isBusy} onClick={() => void attempt()}>
              {t("tryRecipe", { n: NEWEST })}
            </button>
            {!isOnly && (
              <select
                aria-label={t("tryOn")}
                value={ofAll ? "all" : "own"}
                onChange={(e) => setOfAll(e.currentTarget.value === "all")}
              >
                <option value="own">{t("coilsOfRecipe")}</option>
                <option value="all">{t("coilsOfAll")}</option>
              </select>
            )}
            {isBusy && <span role="status">…</span>}
          </div>
          <form
            class="bar"
            onSubmit={(e) => {
              e.preventDefault();
              save();
            }}
          >
            <label>
              {t("why")} <input value={note} maxLength={1000} onInput={(e) => setNote(e.currentTarget.value)} />
            </label>
            <button type="submit" disabled={isBusy || state !== "unsaved"}>
              {t("save")}
            </button>
            {state !== "none" && (
              <button type="button" onClick={() => confirm(t("discardSure")) && forget(key)}>
                {t("discard")}
              </button>
            )}
          </form>
          <span class="quiet">{t("saveWhen")}</span>
          {problem && (
            <strong class="note" role="alert">
              {problem}
            </strong>
          )}
          {isSaved && <strong role="status">{t("recipeSaved")}</strong>}
          {faults.length > 0 && (
            <div class="faults" role="alert">
              <b>◆ {t("recipeFaults")}</b>
              <ul>
                {faults.map((fault) => (
                  <li key={fault}>{fault}</li>
                ))}
              </ul>
            </div>
          )}
          {tried && <Trial found={tried.found} isOld={tried.toml !== text} ofAll={ofAll} />}
        </div>
      )}
    </div>
  );
}

/** Somebody else changed the recipe while this text was edited: their text, and what may become of this one. */
function Overtaken({ recipe, draft }: { recipe: Recipe; draft: string }) {
  return (
    <div class="faults" role="alert">
      <b>◆ {t("recipeChanged")}</b>
      <details>
        <summary>{t("recipeNow")}</summary>
        <pre>{recipe.toml}</pre>
      </details>
      <div class="bar">
        <button type="button" onClick={() => confirm(t("discardSure")) && forget(draft)}>
          {t("loadAgain")}
        </button>
        <button type="button" onClick={() => goOn(draft, recipe)}>
          {t("goOnWithMine")}
        </button>
      </div>
    </div>
  );
}
