import type { Preview } from "../api";
import { counts, newly } from "../decisions";
import { t } from "../i18n";
import { coilAddress } from "../route";
import { sentence } from "../sentences";
import { Verdict } from "./verdict";

const NEWLY = {
  accept: "newlyAccepted",
  downgrade: "newlyDowngraded",
  hold: "newlyHeld",
  scrap: "newlyScrapped",
} as const;

interface Props {
  found: Preview;
  /** Whether the text was changed since it was tried. */
  isOld: boolean;
  /** Whether it was tried on coils of all recipes. */
  ofAll: boolean;
}

/** What a recipe would decide on the coils that are recorded: in one sentence, in numbers, and coil by coil. */
export function Trial({ found, isOld, ofAll }: Props) {
  const changes = newly(found).map(({ decision, coils }) => t(NEWLY[decision], { n: coils }));
  const same = found.coils - found.changed.length;
  return (
    <section class="trial" aria-label={t("trial")}>
      <p role="status">
        {isOld && <span class="warn">◆ {t("trialOld")} </span>}
        {found.coils === 0 ? (
          t(ofAll ? "trialNoCoil" : "trialNoCoilOfRecipe")
        ) : (
          <b>
            {changes.length
              ? t("trialChanges", { n: found.coils, same, changes: changes.join(", ") })
              : t("trialNothing", { n: found.coils })}
          </b>
        )}
        {found.unknown > 0 && <span class="note"> {t("trialUnknown", { n: found.unknown })}</span>}
      </p>
      {found.coils > 0 && (
        <table class="plain counts">
          <thead>
            <tr>
              <th>{t("coil")}</th>
              {counts(found).map(({ decision }) => (
                <th key={decision} class="number">
                  <Verdict decision={decision} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(["was", "now"] as const).map((when) => (
              <tr key={when}>
                <th scope="row">{t(when === "was" ? "decidedWas" : "decidedNow")}</th>
                {counts(found).map((count) => (
                  <td key={count.decision} class="number">
                    {count[when]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {found.changed.length > 0 && (
        <table class="plain">
          <thead>
            <tr>
              <th>{t("coil")}</th>
              <th>{t("decidedWas")}</th>
              <th>{t("decidedNow")}</th>
              <th>{t("why")}</th>
            </tr>
          </thead>
          <tbody>
            {found.changed.map((c) => (
              <tr key={c.coil_id}>
                <td>
                  <a href={coilAddress("report", c.coil_id)}>{c.name}</a>
                  {c.name !== c.coil_id && <small>{c.coil_id}</small>}
                </td>
                <td>
                  <Verdict decision={c.was} />
                </td>
                <td>
                  <Verdict decision={c.now} />
                </td>
                <td class="why">
                  {c.reasons.map((reason) => (
                    <div class="sentence" key={sentence(reason)}>
                      {sentence(reason)}
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
