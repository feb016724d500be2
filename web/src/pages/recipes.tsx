import type { Recipe } from "../api";
import { draftKey, draftState, drafts } from "../drafts";
import { t } from "../i18n";
import { useRecipes } from "../recipe-list";
import { route } from "../route";
import { lastPerson, may } from "../session";
import { RecipeEditor } from "./recipe-editor";

const REPEAT_MS = 10_000;

/** The station's recipes: read, try on coils that are recorded, change. */
export function Recipes() {
  const { recipes, problem, read } = useRecipes(REPEAT_MS);
  const chosen = recipes?.find((r) => r.name === route.value.coil) ?? recipes?.[0];
  return (
    <section class="page recipes">
      <div class="bar">
        <h1>{t("recipes")}</h1>
        {!may("recipes") && <span class="quiet">{t("recipesReadOnly")}</span>}
      </div>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {!recipes && !problem && <p class="empty">…</p>}
      <ul class="shelf">
        {recipes?.map((r) => (
          <Entry key={r.name} recipe={r} isChosen={r === chosen} />
        ))}
      </ul>
      {chosen && recipes && (
        <RecipeEditor key={chosen.name} recipe={chosen} isOnly={recipes.length === 1} readAgain={read} />
      )}
    </section>
  );
}

/** What a recipe is for: its products and its customers; the default one is also for all that no other one is for. */
function isFor(r: Recipe): string {
  const named = [
    r.products.join(", "),
    r.customers.length ? t("forCustomer", { customers: r.customers.join(", ") }) : "",
  ];
  return [...named, r.default ? t("allOtherProducts") : ""].filter(Boolean).join(" · ");
}

function Entry({ recipe: r, isChosen }: { recipe: Recipe; isChosen: boolean }) {
  const isDraft = draftState(drafts.value.get(draftKey(lastPerson.value, r.name)), r) !== "none";
  return (
    <li>
      <a href={`#/recipes/${encodeURIComponent(r.name)}`} aria-current={isChosen ? "true" : undefined}>
        <b>{r.name}</b>
        <small>{isFor(r)}</small>
        {isDraft && <small class="warn">◆ {t("notSaved")}</small>}
      </a>
    </li>
  );
}
