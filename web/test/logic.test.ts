import { describe, expect, it } from "vitest";
import { reason, setWords, WORDS } from "../src/i18n";
import { open, standing } from "../src/judging";
import { nearest } from "../src/look";
import { colour, crc32, marker, shape } from "../src/palette";
import { readPiece } from "../src/protocol";
import { readRoute } from "../src/route";
import { endOfSeen } from "../src/running";
import { Passage } from "../src/strip";
import type { Defect, Review, StationEvent } from "../src/types";
import { density, filtered, within } from "../src/unrolled";

const defect = (id: string, more: Partial<Defect> = {}): Defect => ({
  defect_id: id,
  coil_id: "K1",
  class: "scratch",
  code: "SC",
  severity: 2,
  score: 0.9,
  side: "top",
  camera: "cam",
  along_mm: 1000,
  across_mm: 10,
  length_mm: 20,
  width_mm: 2,
  area_mm2: 40,
  cut_by_gap: false,
  ...more,
});

const review = (n: number, defectId: string, verdict: Review["verdict"], operator = "Kim"): Review => ({
  review_id: n,
  defect_id: defectId,
  verdict,
  class: null,
  operator,
  at: "2026-11-25T00:00:00Z",
});

describe("a piece of strip", () => {
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
    const piece = readPiece(message(header));
    expect(piece.header).toEqual(header);
    expect([...new Uint8Array(await piece.jpeg.arrayBuffer())]).toEqual([0xff, 0xd8]);
  });

  it("is refused if it is broken", () => {
    expect(() => readPiece(new ArrayBuffer(2))).toThrow("no header");
    expect(() => readPiece(message(header).slice(0, 20))).toThrow("in a piece of 20");
    expect(() => readPiece(message({ kind: "cat" }))).toThrow("kind cat");
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
  it("count by the last word, unless it was taken back", () => {
    const said = [review(1, "a", "confirmed"), review(2, "a", "rejected", "Lee"), review(3, "b", "confirmed")];
    expect(standing(said).get("a")?.verdict).toBe("rejected");
    expect(standing([...said, review(4, "a", "withdrawn", "Lee")]).get("a")?.verdict).toBe("confirmed");
    expect(standing([...said, review(4, "b", "withdrawn")]).has("b")).toBe(false);
  });

  it("begin with the most severe that nobody has judged", () => {
    const defects = [defect("a"), defect("b", { severity: 4 }), defect("c", { along_mm: 10 })];
    expect(open(defects, standing([review(1, "a", "confirmed")])).map((d) => d.defect_id)).toEqual(["b", "c"]);
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
    expect(readRoute("#/map/K%2F1")).toEqual({ page: "map", what: "K/1" });
    expect(readRoute("#/nonsense/x")).toEqual({ page: "live", what: null });
    expect(readRoute("")).toEqual({ page: "live", what: null });
  });
});

describe("Korean", () => {
  it("has every word, with the same places to fill in", () => {
    for (const [english, korean] of Object.values(WORDS)) {
      expect(korean).toMatch(/[가-힣]/);
      expect(korean.match(/\{\w+\}/g)?.sort()).toEqual(english.match(/\{\w+\}/g)?.sort());
    }
  });

  it("has the station's reasons, and leaves those that it does not know", () => {
    setWords("ko");
    expect(reason("overrun: the line was faster than the inspection")).toBe("라인이 검사 속도보다 빠름");
    expect(reason("the coil is running; 1.5 m not fully inspected (limit 0 m)")).toBe(
      "코일 진행 중; 1.5 m 검사 불완전 (한도 0 m)",
    );
    expect(reason("a meteorite")).toBe("a meteorite");
    setWords("en");
    expect(reason("overrun: x")).toBe("overrun: x");
  });
});

describe("a look at the frozen strip", () => {
  const told = (id: string, along_mm: number, side = "top", coil_id = "K1"): StationEvent => ({
    seq: along_mm,
    time: "",
    kind: "defect.found",
    coil_id,
    data: { defect_id: id, class: "scratch", severity: 2, side, along_mm },
  });
  const list = [told("a", 1000), told("b", 1400), told("c", 1390, "bottom"), told("d", 1390, "top", "K2")];
  const at = (along_mm: number, side = "top", coil = "K1") =>
    nearest(list, { coil, along_mm, side }, 100)?.data.defect_id;
  it("means the nearest defect of the same coil and side", () => {
    expect([at(1380), at(1380, "bottom"), at(1380, "top", "K2")]).toEqual(["b", "c", "d"]);
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
  const piece = (from_m: number, to_m: number, state: "inspected" | "degraded" | "lost") => ({
    first_line: 0,
    lines: 1,
    from_m,
    to_m,
    state,
    reason: "",
  });
  it("is where the loss begins that lasts, not an earlier one", () => {
    const account = [piece(0, 5, "inspected"), piece(5, 6, "lost"), piece(6, 9, "degraded"), piece(9, 30, "lost")];
    expect(endOfSeen(account)).toBe(9);
    expect(endOfSeen(account.slice(0, 3))).toBe(9);
    expect(endOfSeen([piece(0, 2, "lost")])).toBe(0);
    expect(endOfSeen([])).toBe(0);
  });
});

describe("a stretch that was brushed", () => {
  it("lists what begins in it, from its head on", () => {
    const all = [defect("far", { along_mm: 9000 }), defect("b", { along_mm: 2000 }), defect("a", { along_mm: 1000 })];
    expect(within(all, { from_m: 0.5, to_m: 2 }).map((d) => d.defect_id)).toEqual(["a", "b"]);
  });
});
