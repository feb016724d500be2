import { describe, expect, it } from "vitest";
import type { Models } from "../src/api";
import { modelTitle, stageOf } from "../src/model-list";

const model = (version: string) => ({ name: "net", version, sha256: version.repeat(64) });
const settled: Models = {
  running: model("1"),
  chosen: model("1"),
  previous: null,
  trying: null,
  refused: null,
  files: [],
  watched: false,
};

describe("a change of the model", () => {
  it("is tried, waits for the next coil, is watched, and is over", () => {
    expect(stageOf({ ...settled, trying: "new.onnx" })).toBe("trying");
    expect(stageOf({ ...settled, chosen: model("2"), watched: true })).toBe("waiting");
    expect(stageOf({ ...settled, running: model("2"), chosen: model("2"), watched: true })).toBe("watched");
    expect(stageOf(settled)).toBe("settled");
  });

  it("is tried too where the station file's model comes back, which has no name in the folder", () => {
    expect(stageOf({ ...settled, trying: "" })).toBe("trying");
  });

  it("names a model by name and version", () => {
    expect(modelTitle(model("3"))).toBe("net 3");
  });
});
