import type { LineStretch, Station } from "./api";
import type { Range } from "./filters";
import { t } from "./i18n";
import { metres, metresInspected, metresNotInspected } from "./numbers";
import { knownBy, lineStateName, stateName } from "./sentences";

/** What lies on the ribbon: what the strip did, and upon it seams, crops and steel that is missing. */
const BASE = new Set<LineStretch["state"]>(["threading", "running", "slowing"]);

export const isPlace = (s: LineStretch): boolean => s.state === "stopped" || s.state === "reversed";
export const isBase = (s: LineStretch): boolean => BASE.has(s.state);

/** The part of a ribbon that a stretch takes, as shares of the range shown; null if it lies outside. A place has no width. */
export function placed(s: LineStretch, range: Range): { left: number; width: number } | null {
  const whole = range.to_m - range.from_m;
  if (whole <= 0 || s.to_m < range.from_m || s.from_m > range.to_m) return null;
  const [from, to] = [Math.max(s.from_m, range.from_m), Math.min(s.to_m, range.to_m)];
  return { left: (from - range.from_m) / whole, width: (to - from) / whole };
}

/** A time as a person says it: 45 s, 12 min, 1 h 5 min. */
export function lasting(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How fast it was: one speed, or the slowest and the fastest. */
export function speeds(s: LineStretch): string {
  if (s.slowest_m_s === null || s.fastest_m_s === null) return "";
  const [low, high] = [s.slowest_m_s.toFixed(1), s.fastest_m_s.toFixed(1)];
  return low === high ? `${low} m/s` : `${low} – ${high} m/s`;
}

/** What was inspected in it, and how. */
export function inspectedIn(s: LineStretch): string {
  return [
    s.inspected_m > 0 && `${metresInspected(s.inspected_m)} ${stateName("inspected")}`,
    s.screened_m > 0 && t("ofWhichScreened", { m: s.screened_m.toFixed(2) }),
    s.degraded_m > 0 && `${metresNotInspected(s.degraded_m)} ${stateName("degraded")}`,
    s.lost_m > 0 && `${metresNotInspected(s.lost_m)} ${stateName("lost")}`,
    s.again_m > 0 && t("seenAgain", { m: s.again_m.toFixed(2) }),
  ]
    .filter(Boolean)
    .join(", ");
}

/** Where it was: from and to, or one place. */
export const where = (s: LineStretch): string =>
  isPlace(s) ? metres(s.from_m) : `${metres(s.from_m)} – ${metres(s.to_m)}`;

/** Everything about a stretch in one line. */
export const told = (s: LineStretch): string =>
  [
    `${lineStateName(s.state)} (${knownBy(s.by)})`,
    where(s),
    s.duration_s !== null && lasting(s.duration_s),
    speeds(s),
    inspectedIn(s),
  ]
    .filter(Boolean)
    .join(" · ");

/** What the line does now, and how fast, as the end of a line. A station whose cameras tell no speed has only the page's own estimate. */
export function lineNow(now: Station["line_now"], estimate: number | null): string {
  const speed = now ? now.speed_m_s : estimate;
  const state = now && now.state !== "running" ? ` · ${lineStateName(now.state)}` : "";
  return state + (speed === null || now?.state === "stopped" ? "" : ` · ${speed.toFixed(1)} m/s`);
}
