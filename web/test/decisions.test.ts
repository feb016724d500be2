import { beforeEach, describe, expect, it } from "vitest";
import type { Coil, Preview, Recipe, Revision } from "../src/api";
import { bySkelp, counts, DECISIONS, newly, stands } from "../src/decisions";
import { draftKey, draftState, drafts, forget, goOn, keep } from "../src/drafts";
import { readRoute } from "../src/route";
import { STATION_WORDS } from "../src/sentences";

const recipe = (toml: string, sha256 = toml): Recipe => ({
  name: "strict",
  sha256,
  products: [],
  customers: [],
  default: false,
  toml,
  text_sha256: toml,
});

describe("a coil's decision", () => {
  const coil = { decision: "hold", reasons: [], recipe: { name: "default", sha256: "1" } } as unknown as Coil;
  const revised = { decision: "scrap", reasons: [], recipe: { name: "strict", sha256: "2" } } as unknown as Revision;
  const override = { decision: "downgrade", operator: "Kim", note: "", at: "" } as Coil["override"];

  it("is a person's, else skelp's newest, else skelp's first", () => {
    expect(stands({ ...coil, override: null, revised: null })).toBe("hold");
    expect(stands({ ...coil, override: null, revised })).toBe("scrap");
    expect(stands({ ...coil, override, revised })).toBe("downgrade");
    expect(stands({ ...coil, override, revised: null })).toBe("downgrade");
  });

  it("has the reasons and the recipe of skelp's newest", () => {
    expect(bySkelp({ ...coil, revised }).recipe.name).toBe("strict");
    expect(bySkelp({ ...coil, revised: null }).recipe.name).toBe("default");
  });

  it("is one of those that the station has words for", () => {
    for (const words of Object.values(STATION_WORDS))
      expect(Object.keys(words.decision).sort()).toEqual([...DECISIONS].sort());
  });
});

describe("a recipe that was tried", () => {
  const changed = (was: string, now: string) => ({ coil_id: `${was}-${now}`, name: "", was, now, reasons: [] });
  const tried = {
    coils: 10,
    unknown: 0,
    was: { accept: 6, hold: 4 },
    now: { accept: 6, hold: 3, scrap: 1 },
    changed: [changed("accept", "hold"), changed("hold", "accept"), changed("hold", "scrap")],
  } as unknown as Preview;

  it("is counted by decision, before and after, from the best to the worst", () => {
    expect(counts(tried)).toEqual([
      { decision: "accept", was: 6, now: 6 },
      { decision: "hold", was: 4, now: 3 },
      { decision: "scrap", was: 0, now: 1 },
    ]);
  });

  it("also tells the coils whose change the counts do not show, the worst first", () => {
    expect(newly(tried)).toEqual([
      { decision: "scrap", coils: 1 },
      { decision: "hold", coils: 1 },
      { decision: "accept", coils: 1 },
    ]);
    expect(newly({ ...tried, changed: [] })).toEqual([]);
  });
});

describe("the text of a recipe that is not saved", () => {
  const [kim, lee] = [draftKey("kim", "strict"), draftKey("lee", "strict")];
  beforeEach(() => {
    drafts.value = new Map();
  });

  it("stays until it is saved or is the station's again, and is one person's", () => {
    keep(kim, "a b", recipe("a"));
    expect(draftState(drafts.value.get(kim), recipe("a"))).toBe("unsaved");
    expect(draftState(drafts.value.get(lee), recipe("a"))).toBe("none");
    keep(kim, "a", recipe("a"));
    expect(drafts.value.size).toBe(0);
    keep(kim, "a b", recipe("a"));
    forget(kim);
    expect(drafts.value.size).toBe(0);
  });

  it("is overtaken when somebody changes the recipe, also its comments alone, and goes on from there", () => {
    keep(kim, "a b", recipe("a"));
    const theirs = recipe("a c");
    expect(draftState(drafts.value.get(kim), theirs)).toBe("overtaken");
    expect(draftState(drafts.value.get(kim), recipe("a # c", "a"))).toBe("overtaken");
    keep(kim, "a b d", theirs); // typing on does not hide it
    expect(draftState(drafts.value.get(kim), theirs)).toBe("overtaken");
    goOn(kim, theirs);
    expect(draftState(drafts.value.get(kim), theirs)).toBe("unsaved");
    expect(drafts.value.get(kim)).toEqual({ toml: "a b d", from: theirs });
  });

  it("is none if the station has the same text meanwhile", () => {
    keep(kim, "a b", recipe("a"));
    expect(draftState(drafts.value.get(kim), recipe("a b"))).toBe("none");
  });
});

describe("the address of a recipe", () => {
  it("has its name", () => {
    expect(readRoute("#/recipes/DC04%20%2F%20strict")).toEqual({
      page: "recipes",
      coil: "DC04 / strict",
      station: null,
    });
  });
});
