import { beforeEach, describe, expect, it } from "vitest";
import { language, t, WORDS } from "../src/i18n";
import { clock, day, metresInspected, metresNotInspected, moment, percentInspected } from "../src/numbers";

describe("the console's words", () => {
  it("have the same keys and the same places to fill in, in both languages", () => {
    expect(Object.keys(WORDS.ko)).toEqual(Object.keys(WORDS.en));
    for (const [key, english] of Object.entries(WORDS.en)) {
      const korean = WORDS.ko[key as keyof typeof WORDS.ko];
      expect(korean, key).toMatch(/[가-힣]/);
      expect(korean.match(/\{[^}]*\}/g)?.sort(), key).toEqual(english.match(/\{[^}]*\}/g)?.sort());
    }
  });

  it("are all used", () => {
    const sources = Object.values(
      import.meta.glob<string>("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }),
    ).join("\n");
    const unused = Object.keys(WORDS.en).filter(
      (k) => !new RegExp(`["\`]${k.replace(/\d$/, "")}|\\b${k}: "`).test(sources),
    );
    expect(
      unused.filter((k) => !["live", "map", "alarms", "review", "coils", "station", "recipes", "models"].includes(k)),
    ).toEqual([]);
  });
});

describe("dates", () => {
  const time = new Date(2026, 1, 3, 20, 43, 11).toISOString();
  beforeEach(() => {
    language.value = "en";
  });

  it("begin with the year in both languages, so that nobody takes the month for the day", () => {
    expect(`${day(time)} ${clock(time)}`).toBe("2026-02-03 20:43:11");
    language.value = "ko";
    expect(`${day(time)} ${clock(time)}`).toBe("2026. 2. 3. 20:43:11");
  });

  it("leave today's day out", () => {
    expect(moment(time, new Date(2026, 1, 3))).toBe("20:43:11");
    expect(moment(time, new Date(2026, 1, 4))).toBe("2026-02-03 20:43:11");
  });

  it("are made in one file, never in the browser's own language", () => {
    const sources = import.meta.glob<string>("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
    const elsewhere = Object.entries(sources).filter(
      ([name, text]) => !name.endsWith("/numbers.ts") && /toLocale\w*String|Intl\./.test(text),
    );
    expect(elsewhere.map(([name]) => name)).toEqual([]);
    expect(sources["../src/numbers.ts"]).not.toMatch(/toLocale\w*String\(\s*\)/);
  });
});

describe("what was not inspected", () => {
  it("is never rounded to nothing", () => {
    expect(metresNotInspected(0.0001)).toBe("0.01 m");
    expect(metresNotInspected(0)).toBe("0.00 m");
    expect(metresNotInspected(1.25)).toBe("1.25 m");
    expect(metresInspected(1.2599)).toBe("1.25 m");
    expect(percentInspected(0.9999)).toBe("99.9 %");
    expect(percentInspected(0.734)).toBe("73.4 %");
    expect(percentInspected(1)).toBe("100.0 %");
  });

  it("has its words filled in", () => {
    expect(t("fromMetre", { m: "3.0 m" })).toBe("from 3.0 m");
  });
});
