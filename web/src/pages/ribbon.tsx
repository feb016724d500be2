import type { LineStretch } from "../api";
import type { Range } from "../filters";
import { t } from "../i18n";
import { knownBy, lineStateName } from "../sentences";
import { inspectedIn, isBase, isPlace, lasting, placed, speeds, told, where } from "../states";
import { LEFT_PX } from "../unrolled";

/** A stretch shorter than this share of the ribbon has no room for its name. */
const NAMED = 0.06;
const AROUND_M = 5;
const ON_PAPER = 40;

interface RibbonProps {
  states: LineStretch[];
  range: Range;
  zoom: (range: Range) => void;
}

/** The states of the line under the map, on the same metres: stops and reverses are strokes, seams and crops lie upon what the strip did. */
export function Ribbon({ states, range, zoom }: RibbonProps) {
  if (!states.length) return null;
  const order = (s: LineStretch) => (isPlace(s) ? 2 : isBase(s) ? 0 : 1);
  return (
    <ol class="ribbon" style={{ marginLeft: `${LEFT_PX}px` }} aria-label={t("lineStates")}>
      {[...states]
        .sort((a, b) => order(a) - order(b))
        .map((s, n) => {
          const at = placed(s, range);
          return (
            at && (
              <li
                key={n}
                class={`${s.state} ${isBase(s) ? "" : isPlace(s) ? "place" : "upon"}`}
                style={{ left: `${100 * at.left}%`, width: isPlace(s) ? undefined : `${100 * at.width}%` }}
              >
                <button type="button" title={told(s)} aria-label={told(s)} onClick={() => zoom(around(s))}>
                  {at.width >= NAMED && isBase(s) ? lineStateName(s.state) : ""}
                </button>
                {isPlace(s) && <small>{s.duration_s === null ? lineStateName(s.state) : lasting(s.duration_s)}</small>}
              </li>
            )
          );
        })}
    </ol>
  );
}

const around = (s: LineStretch): Range => {
  const beside = isBase(s) ? 0 : AROUND_M;
  return { from_m: Math.max(0, s.from_m - beside), to_m: s.to_m + beside };
};

/** The states on the report, from the head on. */
export function ReportedStates({ states }: { states: LineStretch[] }) {
  if (!states.length) return null;
  return (
    <>
      <h2>{t("lineStates")}</h2>
      <table class="states">
        <thead>
          <tr>
            <th>{t("lineState")}</th>
            <th>{t("where")}</th>
            <th>{t("howLong")}</th>
            <th>{t("speed")}</th>
            <th>{t("inspectedThere")}</th>
          </tr>
        </thead>
        <tbody>
          {states.slice(0, ON_PAPER).map((s, n) => (
            <tr key={n}>
              <td>
                {lineStateName(s.state)} <small class="quiet">{knownBy(s.by)}</small>
              </td>
              <td>{where(s)}</td>
              <td>{s.duration_s === null ? "" : lasting(s.duration_s)}</td>
              <td>{speeds(s)}</td>
              <td>{inspectedIn(s)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {states.length > ON_PAPER && <p class="quiet">{t("andMore", { n: states.length - ON_PAPER })}</p>}
    </>
  );
}
