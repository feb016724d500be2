import type { Defect } from "./api";

/** A stretch of a coil, in metres from its head. */
export interface Range {
  from_m: number;
  to_m: number;
}

/** The severity of a mark that is no defect, such as chalk. */
export const MARK = 0;

/** Which defects are shown: not of hidden classes, from a severity on, of one side (empty: both). */
export interface Filter {
  hidden: ReadonlySet<string>;
  severity: number;
  side: string;
}

export function filtered(defects: readonly Defect[], filter: Filter): Defect[] {
  return defects.filter(
    (d) => !filter.hidden.has(d.class) && d.severity >= filter.severity && (!filter.side || d.side === filter.side),
  );
}

/** The defects that begin in a range, from the head on. */
export function within(defects: readonly Defect[], range: Range): Defect[] {
  const inside = defects.filter((d) => d.along_mm >= 1000 * range.from_m && d.along_mm <= 1000 * range.to_m);
  return inside.sort((a, b) => a.along_mm - b.along_mm);
}

/** How many defects begin in each of `bins` equal parts of a range. */
export function density(defects: readonly Defect[], range: Range, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  const span = range.to_m - range.from_m;
  for (const d of defects) {
    const bin = Math.floor(((d.along_mm / 1000 - range.from_m) / span) * bins);
    if (bin >= 0 && bin < bins) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** The strip's width on the map: as wide as steel was seen, or as defects reach, whichever is more. */
export const mapWidth = (width_mm: number, defects: readonly Defect[]): number =>
  defects.reduce((most, d) => Math.max(most, d.across_mm + d.width_mm), Math.max(1, width_mm));

/** Round numbers from one value to another, at most `most + 1` of them. */
export function ticks(from: number, to: number, most: number): number[] {
  const raw = (to - from) / most;
  if (raw <= 0) return [from];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((m) => power * m >= raw) ?? 10);
  const [first, last] = [Math.ceil(from / step - 1e-9), Math.floor(to / step + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, n) => Number(((first + n) * step).toPrecision(12)));
}
