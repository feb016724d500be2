import { isIll, useConnections } from "../connection-list";
import { t } from "../i18n";

const REPEAT_MS = 5_000;

/** How many connections to the plant's systems there are, and how many somebody has to look at: leads to their page. */
export function Connected() {
  const { connections } = useConnections(REPEAT_MS);
  const known = connections ?? [];
  const ill = known.filter(isIll).length;
  const well = known.filter((c) => !c.silent && c.state === "connected").length;
  return (
    <>
      <h2>
        <a href="#/connections">{t("connections")}</a>
      </h2>
      <p class="connected">
        {ill > 0 && <b class="warn">◆ {t("connectionIll", { n: ill })} · </b>}
        {known.length > 0 ? t("connectionCount", { n: `${well}/${known.length}` }) : t("noneReported")}
      </p>
    </>
  );
}
