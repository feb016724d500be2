import { describe, expect, it } from "vitest";
import { inUse, stateOf } from "../src/plant/lines";
import type { Line, Plant } from "../src/plant/rest";
import { coilAddress, readRoute } from "../src/route";

const line = (change: object): Line => ({ runs: true, quiet_s: 0, in_use: true, coil: null, ...change }) as Line;

describe("a line of a plant", () => {
  it("is quiet only while its coil runs and nothing of it is stored", () => {
    expect(stateOf(line({}))).toBe("runs");
    expect(stateOf(line({ quiet_s: 99 }))).toBe("runs");
    expect(stateOf(line({ quiet_s: 99, coil: { status: "final" } }))).toBe("runs");
    expect(stateOf(line({ quiet_s: 14, coil: { status: "running" } }))).toBe("runs");
    expect(stateOf(line({ quiet_s: 16, coil: { status: "running" } }))).toBe("quiet");
  });

  it("counts as one that should run, however long it has not, until a person says that nobody waits for it", () => {
    const stopped = line({ runs: false, quiet_s: 1e9 });
    expect(stateOf(stopped)).toBe("stopped");
    expect(inUse({ stations: [stopped, line({ in_use: false })] } as Plant)).toEqual([stopped]);
  });

  it("is named in the address of its coil, whatever its name", () => {
    for (const station of ["hot mill", "Pohang/열연 2", "a%2Fb"]) {
      const address = coilAddress("map", "K/1", station);
      expect(readRoute(address)).toEqual({ page: "map", coil: "K/1", station });
    }
    expect(coilAddress("map", "K1")).toBe("#/map/K1");
  });
});
