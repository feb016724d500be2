import { describe, expect, it } from "vitest";
import type { Decision, ListedShadow } from "../src/api";
import { coilAddress, readRoute } from "../src/route";
import { differing, ofNewestPair, rows, signed } from "../src/shadows";

const shadow = (first: Decision, second: Decision, sha256 = "2"): ListedShadow =>
  ({
    first: { decision: first, model: { name: "net", version: "1", sha256: "1" } },
    second: { decision: second, model: { name: "net", version: "2", sha256 } },
  }) as unknown as ListedShadow;

describe("two models beside each other", () => {
  it("have the numbers of both, most first, with nothing that neither found", () => {
    expect(rows({ scratch: 3, patch: 0 }, { patch: 0, inclusion: 5, scratch: 1 })).toEqual([
      { name: "inclusion", first: 0, second: 5 },
      { name: "scratch", first: 3, second: 1 },
    ]);
    expect([2, 0, -1].map(signed)).toEqual(["+2", "0", "−1"]);
  });

  it("are counted by what each would have decided, without the coils on which they agree", () => {
    const listed = [
      shadow("accept", "hold"),
      shadow("hold", "accept"),
      shadow("accept", "hold"),
      shadow("scrap", "scrap"),
    ];
    expect(differing(listed)).toEqual([
      { first: "accept", second: "hold", n: 2 },
      { first: "hold", second: "accept", n: 1 },
    ]);
  });

  it("are those of the newest coil: what another second model said is not counted with it", () => {
    const listed = [shadow("accept", "hold"), shadow("accept", "scrap", "3"), shadow("hold", "hold")];
    expect(ofNewestPair(listed)).toEqual([listed[0], listed[2]]);
    expect(ofNewestPair([])).toEqual([]);
  });

  it("have a page of a coil and one of all", () => {
    expect(readRoute("#/shadow/K1")).toEqual({ page: "shadow", coil: "K1", station: null });
    expect(readRoute("#/shadow")).toEqual({ page: "shadow", coil: null, station: null });
    expect(coilAddress("shadow", "K/1", "hot mill")).toBe("#/shadow/K%2F1/hot%20mill");
  });
});
