import { describe, expect, inject, it } from "vitest";
import type { Alarm, Code, Kind, Reason } from "../src/api";
import { format } from "../src/format";
import { type Language, language } from "../src/i18n";
import {
  advice,
  alarmAdvice,
  alarmPlace,
  alarmSubject,
  className,
  STATION_WORDS,
  sentence,
  shortly,
} from "../src/sentences";

interface Said {
  language: Language;
  reason: Reason;
  text: string;
  do: string;
}

declare module "vitest" {
  interface ProvidedContext {
    python: { sentences: Said[]; numbers: [string, number, string][] };
  }
}

const python = inject("python");

describe("sentences", () => {
  it.each(["en", "ko"] as const)("are the same as Python's, in %s", (to) => {
    language.value = to;
    const said = python.sentences.filter((s) => s.language === to);
    expect(new Set(said.map((s) => s.reason.code))).toEqual(new Set(Object.keys(STATION_WORDS[to].reasons)));
    expect(said.map((s) => sentence(s.reason))).toEqual(said.map((s) => s.text));
    expect(said.map((s) => advice([s.reason]))).toEqual(said.map((s) => [s.do]));
  });

  it("are Korean for Korean readers, whatever the code", () => {
    language.value = "ko";
    for (const { reason } of python.sentences) if (reason.code !== "other") expect(sentence(reason)).toMatch(/[가-힣]/);
    language.value = "en";
  });

  it("fall back to the station's own text for a code that the page does not know", () => {
    const newer = { code: "line.meteorite" as Code, args: {}, text: "a meteorite fell" };
    expect(sentence(newer)).toBe("a meteorite fell");
    expect(advice([newer])).toEqual([]);
  });
});

describe("the reasons of a coil in a list", () => {
  const said = (n: number): Reason[] =>
    Array.from({ length: n }, (_, i) => ({ code: `line.meteorite${i}` as Code, args: {}, text: `reason ${i + 1}` }));

  it("are the first one and how many more there are, so that a row is not many lines high", () => {
    expect(shortly(said(4))).toEqual({ first: "reason 1", more: 3, all: "reason 1\nreason 2\nreason 3\nreason 4" });
    expect(shortly(said(1))).toEqual({ first: "reason 1", more: 0, all: "reason 1" });
    expect(shortly([])).toEqual({ first: "", more: 0, all: "" });
  });
});

describe("numbers in templates", () => {
  it("are rounded and written as Python does", () => {
    const ours = python.numbers.map(([spec, value]) => format(`{n:${spec}}`, { n: value }));
    expect(ours).toEqual(python.numbers.map(([, , text]) => text));
  });

  it("stand where the template says, and what is missing shows", () => {
    expect(format("{a} of {b:.1f}, {c}", { a: 3, b: 2 })).toBe("3 of 2.0, ?");
  });
});

describe("an alarm", () => {
  const alarm = (kind: Kind, more: Partial<Alarm>): Alarm => ({
    key: "k",
    kind,
    cost: 1,
    camera: "",
    class: "",
    severity: null,
    reasons: [],
    coil_id: "K1",
    count: 1,
    first_seq: 1,
    last_seq: 1,
    first_time: "2026-11-25T00:00:00Z",
    last_time: "2026-11-25T00:00:00Z",
    standing: false,
    acknowledged_by: "",
    from_mm: null,
    last_mm: null,
    ...more,
  });
  const silent: Reason = { code: "camera.no_answer", args: {}, text: "" };

  it("is about a class, a camera or a coil", () => {
    language.value = "ko";
    expect(alarmSubject(alarm("defect.found", { class: "roll_mark", severity: 3 }))).toBe("롤 마크, 등급 3");
    language.value = "en";
    expect(alarmSubject(alarm("camera.lost", { camera: "top-1" }))).toBe("top-1");
    expect(alarmSubject(alarm("coil.final", {}))).toBe("K1");
    expect(className("edge_crack")).toBe("edge crack");
  });

  it("says what to do, once", () => {
    const text = STATION_WORDS.en.reasons["camera.no_answer"].do;
    expect(alarmAdvice(alarm("camera.lost", { reasons: [silent, silent] }))).toEqual([text]);
    expect(alarmAdvice(alarm("defect.found", { class: "patch", severity: 4 }))).toHaveLength(1);
  });

  it("says where it began and where it happened last", () => {
    expect(alarmPlace(alarm("coverage.lost", { from_mm: 1000, last_mm: 1000 }))).toBe("Coil K1 from 1.0 m");
    expect(alarmPlace(alarm("coverage.lost", { from_mm: 1000, last_mm: 2500 }))).toBe(
      "Coil K1 from 1.0 m, last at 2.5 m",
    );
    expect(alarmPlace(alarm("camera.lost", {}))).toBe("");
  });
});
