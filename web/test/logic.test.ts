import { describe, expect, it } from "vitest";
import type { Defect, DefectFound, Interval, Standing } from "../src/api";
import { density, filtered, mapWidth, ticks, within } from "../src/filters";
import { isDefect, nearest } from "../src/look";
import { colour, crc32, marker, shape } from "../src/palette";
import { Passage } from "../src/passage";
import { readPicture } from "../src/protocol";
import { readRoute } from "../src/route";
import { endOfInspected } from "../src/running";
import { byId, disputes, toReview } from "../src/standing";

const defect = (id: string, more: Partial<Defect> = {}): Defect => ({
  defect_id: id,
  coil_id: "K1",
  class: "scratch",
  code: "SC",
  severity: 2,
  score: 0.9,
  mean_score: 0.8,
  side: "top",
  camera: "cam",
  along_mm: 1000,
  across_mm: 10,
  length_mm: 20,
  width_mm: 2,
  area_mm2: 40,
  orientation_deg: 0,
  contrast: -0.2,
  cut_by_gap: false,
  line: 4000,
  lines: 80,
  column: 40,
  columns: 8,
  revision: 1,
  seen_as: null,
  codes: null,
  ...more,
});

const standing = (defect_id: string, result: Standing["result"]): Standing => ({
  defect_id,
  result,
  class: null,
  reviews: [],
});

describe("a live picture", () => {
  const header = { kind: "lines", camera: "cam", first_line: 512, lines: 512 };
  const message = (head: unknown, jpeg = [0xff, 0xd8]): ArrayBuffer => {
    const body = new TextEncoder().encode(JSON.stringify(head));
    const all = new Uint8Array(4 + body.length + jpeg.length);
    new DataView(all.buffer).setUint32(0, body.length, true);
    all.set(body, 4);
    all.set(jpeg, 4 + body.length);
    return all.buffer;
  };

  it("is a header and a picture", async () => {
    const piece = readPicture(message(header));
    expect(piece.header).toEqual(header);
    expect([...new Uint8Array(await piece.jpeg.arrayBuffer())]).toEqual([0xff, 0xd8]);
  });

  it("is refused if it is not one", () => {
    expect(() => readPicture(new ArrayBuffer(2))).toThrow("no header");
    expect(() => readPicture(message(header).slice(0, 20))).toThrow("in a live picture of 20");
    expect(() => readPicture(message({ kind: "cat" }))).toThrow("kind cat");
  });
});

describe("classes", () => {
  it("look as on the station's own pictures", () => {
    expect(colour("scratch")).toBe("#d55e00");
    expect(shape("inclusion")).toBe("square");
    expect(crc32("rust")).toBe(3778183840);
  });

  it("have a marker within a circle of radius 1.2", () => {
    for (const name of ["square", "circle", "triangle", "diamond", "cross", "down", "plus"] as const)
      for (const [x, y] of marker(name)) expect(Math.hypot(x, y)).toBeLessThan(1.3);
  });
});

describe("the coil map", () => {
  const found = [
    defect("a", { along_mm: 500 }),
    defect("b", { along_mm: 1500, severity: 4, side: "bottom" }),
    defect("c", { along_mm: 9500, class: "patch" }),
  ];

  it("counts defects in equal parts of what is shown", () => {
    expect(density(found, { from_m: 0, to_m: 10 }, 5)).toEqual([2, 0, 0, 0, 1]);
    expect(density(found, { from_m: 1, to_m: 2 }, 2)).toEqual([0, 1]);
  });

  it("shows what the filters leave", () => {
    const ids = (hidden: string[], severity: number, side: string) =>
      filtered(found, { hidden: new Set(hidden), severity, side }).map((d) => d.defect_id);
    expect(ids([], 1, "")).toEqual(["a", "b", "c"]);
    expect(ids(["patch"], 1, "")).toEqual(["a", "b"]);
    expect(ids([], 3, "")).toEqual(["b"]);
    expect(ids([], 1, "top")).toEqual(["a", "c"]);
  });
});

describe("reviews", () => {
  const defects = [defect("a"), defect("b", { severity: 4 }), defect("c", { along_mm: 10 })];
  const ids = (...given: Standing[]) => toReview(defects, byId(given)).map((d) => d.defect_id);

  it("begin with the most severe defect for which no review stands", () => {
    expect(ids()).toEqual(["b", "c", "a"]);
    expect(ids(standing("a", "confirmed"), standing("c", "rejected"))).toEqual(["b"]);
  });

  it("ask again for a defect whose reviews were all withdrawn, as the station says", () => {
    expect(ids(standing("a", "open"), standing("b", "relabelled"))).toEqual(["c", "a"]);
  });

  it("say on how many defects operators disagree", () => {
    const all = byId([standing("a", "disputed"), standing("b", "confirmed")]);
    expect(disputes(all)).toBe(1);
    expect(toReview(defects, all).map((d) => d.defect_id)).toEqual(["c"]);
  });
});

describe("the strip as it passes", () => {
  it("goes on where the last coil ended, however its own count begins", () => {
    const passage = new Passage();
    expect(passage.place("K1", 5000)).toBe(0);
    passage.passed("a", 512);
    expect(passage.place("K1", 5512)).toBe(512);
    passage.passed("a", 1024);
    expect(passage.place("K2", 0)).toBe(1024);
    expect(passage.coilsFrom(600)).toEqual([["K2", 1024]]);
  });

  it("is shown as far as all cameras have come, but for one that is lost", () => {
    const passage = new Passage();
    passage.passed("a", 1024);
    passage.passed("b", 512);
    expect(passage.together(4096)).toBe(512);
    passage.passed("a", 9000);
    expect(passage.together(4096)).toBe(9000);
  });
});

describe("addresses", () => {
  it("name a page and a coil", () => {
    expect(readRoute("#/map/K%2F1")).toEqual({ page: "map", coil: "K/1", station: null });
    expect(readRoute("#/nonsense/x")).toEqual({ page: "live", coil: null, station: null });
    expect(readRoute("")).toEqual({ page: "live", coil: null, station: null });
  });
});

describe("a look at the frozen strip", () => {
  const found = (id: string, along_mm: number, side = "top", coil_id = "K1"): DefectFound => ({
    seq: along_mm,
    time: "",
    kind: "defect.found",
    coil_id,
    data: { defect_id: id, class: "scratch", severity: 2, side, along_mm },
  });
  const list = [found("a", 1000), found("b", 1400), found("c", 1390, "bottom"), found("d", 1390, "top", "K2")];
  const at = (along_mm: number, side = "top", coil = "K1") =>
    nearest(list, { coil, along_mm, side }, 100)?.data.defect_id;
  it("means the nearest defect of the same coil and side", () => {
    expect([at(1380), at(1380, "bottom"), at(1380, "top", "K2")]).toEqual(["b", "c", "d"]);
  });
  it("takes only events of found defects", () => {
    const back = { seq: 9, time: "", coil_id: "K1", kind: "camera.back" as const, data: { camera: "cam", away_s: 1 } };
    expect([...list, back].filter(isDefect)).toEqual(list);
  });
  it("means nothing where no defect is near", () => {
    expect(at(1200)).toBeUndefined();
  });
  it("knows the coil at a place", () => {
    const passage = new Passage();
    passage.passed("a", passage.place("K1", 500));
    passage.passed("a", passage.place("K1", 900));
    passage.passed("a", passage.place("K2", 0));
    expect(passage.at(passage.place("K1", 700))).toEqual(["K1", 700]);
    expect(passage.at(passage.place("K2", 30))).toEqual(["K2", 30]);
    expect(passage.at(-1e6)).toBeNull();
  });
});

describe("where inspection stopped", () => {
  const piece = (from_m: number, to_m: number, state: Interval["state"]): Interval => ({
    first_line: 0,
    lines: 1,
    from_m,
    to_m,
    state,
    reason: null,
  });
  it("is where the loss begins that lasts, not an earlier one", () => {
    const coverage = [piece(0, 5, "inspected"), piece(5, 6, "lost"), piece(6, 9, "degraded"), piece(9, 30, "lost")];
    expect(endOfInspected(coverage)).toBe(9);
    expect(endOfInspected(coverage.slice(0, 3))).toBe(9);
    expect(endOfInspected([piece(0, 2, "lost")])).toBe(0);
    expect(endOfInspected([])).toBe(0);
  });
});

describe("a range that was zoomed to", () => {
  it("lists what begins in it, from its head on", () => {
    const all = [defect("far", { along_mm: 9000 }), defect("b", { along_mm: 2000 }), defect("a", { along_mm: 1000 })];
    expect(within(all, { from_m: 0.5, to_m: 2 }).map((d) => d.defect_id)).toEqual(["a", "b"]);
  });
});

describe("the scales of the coil map", () => {
  it("have round numbers from one end to the other", () => {
    expect(ticks(0, 1250, 6)).toEqual([0, 500, 1000]);
    expect(ticks(0, 1000, 6)).toEqual([0, 200, 400, 600, 800, 1000]);
    expect(ticks(0, 109, 10)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticks(2.13, 2.61, 10)).toEqual([2.15, 2.2, 2.25, 2.3, 2.35, 2.4, 2.45, 2.5, 2.55, 2.6]);
    expect(ticks(3, 3, 10)).toEqual([3]);
  });

  it("are as wide as the steel seen, or as defects reach", () => {
    expect(mapWidth(900, [defect("a")])).toBe(900);
    expect(mapWidth(900, [defect("a", { across_mm: 950, width_mm: 20 })])).toBe(970);
    expect(mapWidth(0, [])).toBe(1);
    expect(mapWidth(10, new Array(200_000).fill(defect("a")))).toBe(12);
  });
});
