import type { Stretch } from "../api";
import type { Range } from "../filters";
import { t } from "../i18n";
import { ClassName } from "../marker";
import { grouped, metres } from "../numbers";
import { sideName } from "../sentences";
import { around, isMixed, largestFirst } from "../stretches";

const BESIDE_THE_MAP = 6;
const ON_PAPER = 40;

interface ListedProps {
  stretches: Stretch[];
  zoom: (range: Range) => void;
}

/** The heavy stretches beside the map, those with the most defects first; a click shows its part of the coil. */
export function Stretches({ stretches, zoom }: ListedProps) {
  if (!stretches.length) return null;
  return (
    <ul class="series">
      {largestFirst(stretches)
        .slice(0, BESIDE_THE_MAP)
        .map((s) => (
          <li key={s.stretch_id}>
            <button type="button" onClick={() => zoom(around(s))}>
              <Facts stretch={s} />
            </button>
          </li>
        ))}
      <More n={stretches.length - BESIDE_THE_MAP} />
    </ul>
  );
}

/** The heavy stretches on the report, from the head on. */
export function ReportedStretches({ stretches }: { stretches: Stretch[] }) {
  if (!stretches.length) return null;
  return (
    <>
      <h2>{t("heavyStretches")}</h2>
      <ul>
        {stretches.slice(0, ON_PAPER).map((s) => (
          <li key={s.stretch_id}>
            <Facts stretch={s} />
          </li>
        ))}
        <More n={stretches.length - ON_PAPER} />
      </ul>
    </>
  );
}

function Facts({ stretch: s }: { stretch: Stretch }) {
  return (
    <>
      <b>
        {grouped(s.defects)} <ClassName name={s.class} />
        {isMixed(s) && ` ${t("andOthers")}`}
      </b>{" "}
      <span>
        {metres(s.from_mm / 1000)} – {metres(s.to_mm / 1000)} · {sideName(s.side)}, {s.across_from_mm.toFixed(0)} –{" "}
        {s.across_to_mm.toFixed(0)} mm · {t("perMetre", { n: s.per_m.toFixed(0) })} ·{" "}
        {t("worstSeverity", { n: s.severity })}
      </span>
    </>
  );
}

function More({ n }: { n: number }) {
  return n > 0 ? <li class="quiet">{t("andMore", { n })}</li> : null;
}
