import type { Decision, ListedShadow } from "./api";
import { DECISIONS } from "./decisions";

/** A class or a severity, and how many each of the models found. */
export interface Row {
  name: string;
  first: number;
  second: number;
}

/** The numbers of both models beside each other, most first; what neither found is left out. */
export function rows(first: Record<string, number>, second: Record<string, number>): Row[] {
  return [...new Set([...Object.keys(first), ...Object.keys(second)])]
    .map((name) => ({ name, first: first[name] ?? 0, second: second[name] ?? 0 }))
    .filter((row) => row.first + row.second > 0)
    .sort((a, b) => b.first + b.second - (a.first + a.second) || a.name.localeCompare(b.name));
}

/** A difference with its sign: +3, -1, 0. */
export const signed = (n: number): string => (n > 0 ? `+${n}` : n < 0 ? `−${-n}` : "0");

const isPair = (a: ListedShadow, b: ListedShadow): boolean =>
  (["first", "second"] as const).every((side) => a[side].model.sha256 === b[side].model.sha256);

/** The coils of the two models that saw the newest coil: figures of other models beside them would mean nothing. */
export const ofNewestPair = (listed: ListedShadow[]): ListedShadow[] =>
  listed.filter((s) => listed[0] && isPair(s, listed[0]));

/** On how many coils the models would decide what, from the best decision of the first one to the worst. Equal ones are left out. */
export function differing(listed: ListedShadow[]): { first: Decision; second: Decision; n: number }[] {
  const found = DECISIONS.flatMap((first) => DECISIONS.map((second) => ({ first, second, n: 0 })));
  for (const s of listed) {
    const same = found.find((f) => f.first === s.first.decision && f.second === s.second.decision);
    if (same) same.n += 1;
  }
  return found.filter((f) => f.n > 0 && f.first !== f.second);
}
