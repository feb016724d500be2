import type { Coil, Decision } from "../api";
import { bySkelp, stands } from "../decisions";
import { t } from "../i18n";
import { decisionName } from "../sentences";

/** The decisions are told apart by sign and frame, not by colour alone. Colour is for the one that waits for a person. */
const SIGNS: Record<Decision, string> = { accept: "", downgrade: "▽", hold: "◆", scrap: "■" };

/** A decision: its sign and its word. One that the page does not know looks as a hold. */
export function Verdict({ decision }: { decision: Decision }) {
  const look: Decision = decision in SIGNS ? decision : "hold";
  return (
    <b class={`verdict ${look}`}>
      {SIGNS[look] && <span aria-hidden="true">{SIGNS[look]} </span>}
      {decisionName(decision)}
    </b>
  );
}

/** The decision that stands for a final coil, and beneath it who made it, if it is not skelp's first one. */
export function Standing({ coil: c }: { coil: Coil }) {
  const skelp = bySkelp(c);
  return (
    <>
      <Verdict decision={stands(c)} />
      {c.override && (
        <small>
          {t("decidedBy", { operator: c.override.operator })} · skelp: {decisionName(skelp.decision)}
        </small>
      )}
      {c.revised && <small>{t("byRecipe", { recipe: skelp.recipe.name })}</small>}
    </>
  );
}
