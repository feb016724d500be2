import { afterEach, describe, expect, it } from "vitest";
import { language } from "../src/i18n";
import { inWords } from "../src/rest";
import { readRoute } from "../src/route";

describe("an answer that is a problem", () => {
  afterEach(() => {
    language.value = "en";
  });

  it("is in the operator's language, its details behind it", () => {
    const missing = { detail: "there is no coil NOPE" };
    expect(inWords(404, missing)).toBe("there is no coil NOPE");
    language.value = "ko";
    expect(inWords(404, missing)).toBe("찾을 수 없습니다");
    expect(inWords(409, { detail: "the disk is full" })).toBe("검사기가 요청을 거부했습니다 (the disk is full)");
    expect(inWords(502, null)).toBe("검사기가 요청을 거부했습니다 (502)");
    const reason = { code: "station.no_line_yet", args: {}, text: "no line has been inspected yet" } as const;
    expect(inWords(503, { detail: reason.text, reason })).not.toMatch(/[a-z]{3}/);
  });
});

describe("a damaged address", () => {
  it("is taken as it is", () => {
    expect(readRoute("#/map/%E0%A4%A")).toEqual({ page: "map", coil: "%E0%A4%A", station: null });
  });
});
