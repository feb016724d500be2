import { language } from "./i18n";

export const metres = (m: number, digits = 1): string => `${m.toFixed(digits)} m`;

/** A whole number with its thousands apart. */
export const grouped = (n: number): string => n.toLocaleString(language.value === "ko" ? "ko-KR" : "en-GB");

/** The time of day with seconds, 24 hours: 20:43:11. */
export const clock = (time: string): string =>
  new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** The day: 2026-11-25, in Korean 2026. 11. 25. Both begin with the year, so nobody takes the month for the day. */
export function day(time: string): string {
  const at = new Date(time);
  if (language.value === "ko") return at.toLocaleDateString("ko-KR");
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Day and time. */
export const dayAndTime = (time: string): string => `${day(time)} ${clock(time)}`;

/** The time of day; with the day in front if it was not today. */
export const moment = (time: string, now = new Date()): string =>
  new Date(time).toDateString() === now.toDateString() ? clock(time) : dayAndTime(time);

/** Metres that were not fully inspected, rounded up: a loss of one line never shows as 0. */
export const metresNotInspected = (m: number): string => metres(Math.ceil(100 * m - 1e-6) / 100, 2);

/** Metres that were inspected, rounded down. */
export const metresInspected = (m: number): string => metres(Math.floor(100 * m + 1e-6) / 100, 2);

/** A share in per cent, rounded down: 100 % is all of it. */
export const percentInspected = (share: number): string => `${(Math.floor(1000 * share + 1e-6) / 10).toFixed(1)} %`;

/** A share in percent, as it is; what was inspected has its own. */
export const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
