import { beforeEach, describe, expect, it } from "vitest";
import type { LineStretch } from "../src/api";
import { language } from "../src/i18n";
import { inspectedIn, isBase, isPlace, lasting, lineNow, placed, speeds, told } from "../src/states";

const stretch = (more: Partial<LineStretch> = {}): LineStretch => ({
  state: "running",
  by: "speed",
  from_m: 100,
  to_m: 300,
  started_at: "2026-11-27T08:00:00Z",
  duration_s: 50,
  slowest_m_s: 3.96,
  fastest_m_s: 4.31,
  again_m: 0,
  inspected_m: 198.5,
  screened_m: 0,
  degraded_m: 0,
  lost_m: 1.5,
  ...more,
});
const STOP = stretch({
  state: "stopped",
  from_m: 300,
  to_m: 300,
  duration_s: 4000,
  slowest_m_s: null,
  inspected_m: 0,
  lost_m: 0,
});

describe("a state of the line", () => {
  beforeEach(() => {
    language.value = "en";
  });

  it("lies on the ribbon where it lies on the map, also when that is zoomed", () => {
    expect(placed(stretch(), { from_m: 0, to_m: 400 })).toEqual({ left: 0.25, width: 0.5 });
    expect(placed(stretch(), { from_m: 200, to_m: 400 })).toEqual({ left: 0, width: 0.5 });
    expect(placed(stretch(), { from_m: 301, to_m: 400 })).toBeNull();
    expect(placed(STOP, { from_m: 200, to_m: 400 })).toEqual({ left: 0.5, width: 0 });
    expect(placed(stretch(), { from_m: 0, to_m: 0 })).toBeNull();
  });

  it("is what the strip did, a place, or lies upon them", () => {
    expect([isBase(stretch()), isPlace(stretch())]).toEqual([true, false]);
    expect([isBase(STOP), isPlace(STOP)]).toEqual([false, true]);
    const seam = stretch({ state: "weld_seam", by: "mes" });
    expect([isBase(seam), isPlace(seam)]).toEqual([false, false]);
  });

  it("is told in one line", () => {
    expect(told(stretch())).toBe(
      "running (by speed) · 100.0 m – 300.0 m · 50 s · 4.0 – 4.3 m/s · 198.50 m inspected, 1.50 m lost",
    );
    expect(told(STOP)).toBe("stopped (by speed) · 300.0 m · 1 h 7 min");
    expect(inspectedIn(stretch({ screened_m: 150, again_m: 6 }))).toContain("150.00 m of it by the screen alone");
    expect(inspectedIn(stretch({ again_m: 6 }))).toContain("6.00 m seen again");
  });

  it("lasts seconds, minutes or hours, and has one speed or two", () => {
    expect([lasting(89), lasting(91), lasting(3599), lasting(3600)]).toEqual([
      "89 s",
      "2 min",
      "1 h 0 min",
      "1 h 0 min",
    ]);
    expect(speeds(stretch({ slowest_m_s: 4, fastest_m_s: 4.01 }))).toBe("4.0 m/s");
  });
});

describe("what the line does now", () => {
  it("is the station's speed; the page's own estimate only where no camera tells one", () => {
    language.value = "en";
    expect(lineNow({ state: "running", speed_m_s: 9.84 }, 3)).toBe(" · 9.8 m/s");
    expect(lineNow({ state: "slowing", speed_m_s: 0.31 }, 3)).toBe(" · slow · 0.3 m/s");
    expect(lineNow({ state: "stopped", speed_m_s: 0 }, 3)).toBe(" · stopped");
    expect(lineNow({ state: "reversed", speed_m_s: null }, 3)).toBe(" · ran back");
    expect(lineNow(null, 3)).toBe(" · 3.0 m/s");
    expect(lineNow(null, null)).toBe("");
  });
});
