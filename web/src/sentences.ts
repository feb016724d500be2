// What the station has words for: reasons, events, states, classes. The station's own pictures use the same two files.

import en from "../../src/skelp/render/words.en.json";
import ko from "../../src/skelp/render/words.ko.json";
import type { Alarm, Code, Coil, Decision, Kind, LineStretch, Reason, State } from "./api";
import { format } from "./format";
import { type Language, language, t } from "./i18n";
import { metres } from "./numbers";

interface StationWords {
  reasons: Record<Code, { text: string; do: string }>;
  counted: Record<string, string>;
  with: Record<string, string>;
  then: Record<string, string>;
  events: Record<Kind, string>;
  state: Record<State, string>;
  coil_status: Record<Coil["status"], string>;
  decision: Record<Decision, string>;
  side: Record<string, string>;
  class: Record<string, string>;
  line_state: Record<LineStretch["state"], string>;
  known_by: Record<LineStretch["by"], string>;
  map: Record<"head" | "tail", string>;
}

export const STATION_WORDS: Record<Language, StationWords> = { en, ko };
const words = (): StationWords => STATION_WORDS[language.value];

/** A reason in one sentence: what happened, what was assumed, how its lines were counted. As skelp.render.words makes it. */
export function sentence(reason: Reason): string {
  const known: { text: string } | undefined = words().reasons[reason.code];
  if (!known) return reason.text; // a station newer than this page
  const assumed = Object.entries(words().with).flatMap(([name, text]) => (name in reason.args ? [text] : []));
  const ends = (["counted", "then"] as const).flatMap((name) => words()[name][String(reason.args[name])] ?? []);
  return [known.text, ...assumed, ...ends].map((text) => format(text, reason.args)).join("; ");
}

/** Several reasons in one line. */
export const sentences = (reasons: readonly Reason[]): string => reasons.map(sentence).join("; ");

/** Several reasons, short enough for a row of a list: the first one, how many more there are, and all of them one below the other. */
export function shortly(reasons: readonly Reason[]): { first: string; more: number; all: string } {
  const said = reasons.map(sentence);
  return { first: said[0] ?? "", more: Math.max(0, said.length - 1), all: said.join("\n") };
}

/** The name of a coil; with the number of its pass, if it passed before. */
export const coilName = (coil: Coil): string =>
  coil.pass_number > 1 ? `${coil.name} · ${t("pass", { n: coil.pass_number })}` : coil.name;

/** What to do about several reasons; advice that several of them share stands once. */
export function advice(reasons: readonly Reason[]): string[] {
  const known = reasons.map((r) => (words().reasons[r.code] as { do: string } | undefined)?.do ?? "");
  return [...new Set(known)].filter(Boolean);
}

export const stateName = (state: State): string => words().state[state];
export const lineStateName = (state: LineStretch["state"]): string => words().line_state[state];
export const knownBy = (by: LineStretch["by"]): string => words().known_by[by];
export const statusName = (status: Coil["status"]): string => words().coil_status[status];
export const decisionName = (decision: Decision): string => words().decision[decision];
export const sideName = (side: string): string => words().side[side] ?? side;
export const endName = (end: "head" | "tail"): string => words().map[end];

/** The name of a defect class. One that the files do not know keeps its own. */
export const className = (name: string): string => words().class[name] ?? name.replaceAll("_", " ");

/** What an alarm is, in two or three words. */
export const alarmName = (alarm: Alarm): string => words().events[alarm.kind];

export const alarmCount = (n: number): string => (n === 1 ? t("oneAlarm") : t("manyAlarms", { n }));

/** What an alarm is about: a class of defects, a roll, a connection, a camera, or a coil. */
export function alarmSubject(alarm: Alarm): string {
  if (alarm.class) return `${className(alarm.class)}, ${t("severity")} ${alarm.severity}`;
  const rolls = alarm.kind === "periodic.found" ? alarm.reasons[0]?.args.rolls : "";
  const connection = alarm.kind === "connection.failing" ? alarm.reasons[0]?.args.connection : "";
  return String(rolls || connection || alarm.camera || alarm.coil_id);
}

/** What an operator should do about an alarm. A serious defect has no reason; somebody must look at it. */
export const alarmAdvice = (alarm: Alarm): string[] =>
  alarm.kind === "defect.found" ? [t("lookAtDefect")] : advice(alarm.reasons);

/** Where on its coil an alarm began and where it happened last; empty if it has no place. */
export function alarmPlace(alarm: Alarm): string {
  if (alarm.from_mm === null || alarm.last_mm === null) return "";
  const began = t("fromMetre", { m: metres(alarm.from_mm / 1000) });
  const last = alarm.last_mm === alarm.from_mm ? "" : `, ${t("lastMetre", { m: metres(alarm.last_mm / 1000) })}`;
  return `${t("coil")} ${alarm.coil_id} ${began}${last}`;
}
