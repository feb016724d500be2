import { beforeEach, describe, expect, it } from "vitest";
import type { Alarm, PlantConnection } from "../src/api";
import { illFirst, isIll, languageName, standingName, standingOf, typedEvent } from "../src/connection-list";
import { language } from "../src/i18n";
import { readRoute } from "../src/route";
import { alarmSubject } from "../src/sentences";

const well: PlantConnection = {
  name: "mes",
  language: "level2",
  peer: "10.0.0.9:3000",
  state: "connected",
  detail: "",
  sent_seq: 41,
  acknowledged_seq: 41,
  last_sent_at: null,
  last_acknowledged_at: null,
  waiting: 0,
  heard_at: "2026-11-25T08:20:31.004Z",
  silent: false,
  failing_since: null,
  request: null,
};

describe("a connection", () => {
  beforeEach(() => {
    language.value = "en";
  });

  it("whose process is not heard is not what it said last", () => {
    expect(standingOf({ ...well, silent: true })).toBe("silent");
    expect(standingName({ ...well, silent: true })).toBe("◆ process not heard");
    expect(standingName(well)).toBe("connected");
  });

  it("is looked at where the other end gets nothing", () => {
    expect(isIll(well)).toBe(false);
    expect(isIll({ ...well, waiting: 3 })).toBe(false); // they are on their way
    for (const state of ["refused", "failed"] as const) expect(isIll({ ...well, state })).toBe(true);
    for (const state of ["waiting", "connecting"] as const) {
      expect(isIll({ ...well, state })).toBe(false);
      expect(isIll({ ...well, state, waiting: 1 })).toBe(true);
      expect(isIll({ ...well, state, failing_since: well.heard_at })).toBe(true);
    }
  });

  it("comes first where it is looked at", () => {
    const [a, c] = [well, { ...well, name: "c" }];
    const b: PlantConnection = { ...well, name: "b", state: "failed" };
    expect(illFirst([a, b, c])).toEqual([b, a, c]);
  });

  it("has a language that people know, or its own name for it", () => {
    expect(["level2", "opcua", "mqtt", "odd-7"].map(languageName)).toEqual(["Level 2", "OPC UA", "MQTT", "odd-7"]);
  });

  it("has a page of its own", () => {
    expect(readRoute("#/connections").page).toBe("connections");
  });

  it("is what its alarm is about", () => {
    const args = { connection: "mes", language: "level2", waiting: 2 };
    const alarm = { kind: "connection.failing", reasons: [{ code: "connection.silent", args, text: "" }] };
    expect(alarmSubject({ camera: "", coil_id: "", ...alarm } as unknown as Alarm)).toBe("mes");
  });
});

describe("the event after which all is sent again", () => {
  it("is a whole number", () => {
    expect(["0", " 12 ", "", "-1", "1.5", "12a", "1e3", "9".repeat(16)].map(typedEvent)).toEqual([
      0,
      12,
      ...Array(6).fill(null),
    ]);
  });
});
