import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  binaryType = "";
  sent: string[] = [];
  onopen: () => void = () => undefined;
  onclose: () => void = () => undefined;
  onmessage: (message: { data: unknown }) => void = () => undefined;
  constructor(readonly address: URL) {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
    this.onclose();
  }
  open(): void {
    this.readyState = 1;
    this.onopen();
  }
  piece(seq: number): void {
    const header = new TextEncoder().encode(
      JSON.stringify({
        kind: "lines",
        seq,
        camera: "cam",
        coil_id: "K1",
        first_line: 64 * seq,
        lines: 64,
        outlines: [],
      }),
    );
    const body = new Uint8Array(4 + header.length + 3);
    new DataView(body.buffer).setUint32(0, header.length, true);
    body.set(header, 4);
    this.onmessage({ data: body.buffer });
  }
  get taken(): number[] {
    return this.sent.map((text) => (JSON.parse(text) as { take: number }).take);
  }
}

const newest = (): FakeSocket => FakeSocket.all[FakeSocket.all.length - 1] as FakeSocket;

describe("the connection to the station", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetModules();
    FakeSocket.all = [];
    vi.stubGlobal("WebSocket", FakeSocket);
    vi.stubGlobal("document", { baseURI: "http://station:8000/" });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("asks for pictures only while somebody looks, and again when it has drawn four", async () => {
    const page = await import("../src/connection");
    page.connect();
    newest().open();
    expect(newest().address.href).toBe("ws://station:8000/api/v1/live");
    expect(newest().taken).toEqual([]);
    const seen: unknown[] = [];
    const stop = page.watchStrip((what) => seen.push(what), 0.25);
    for (let n = 1; n <= 5; n++) newest().piece(n);
    expect(seen.length).toBe(5);
    expect(newest().taken).toEqual([8, 4]);
    stop();
    for (let n = 6; n <= 20; n++) newest().piece(n);
    expect(newest().taken).toEqual([8, 4]);
  });

  it("says at once that it is gone, waits longer from try to try, and asks anew when it is back", async () => {
    const page = await import("../src/connection");
    page.connect();
    newest().open();
    page.watchStrip(() => undefined, 0.25);
    newest().piece(1);
    newest().close();
    expect(page.connected.value).toBe(false);
    await vi.advanceTimersByTimeAsync(499);
    expect(FakeSocket.all.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(FakeSocket.all.length).toBe(2);
    newest().close();
    await vi.advanceTimersByTimeAsync(999);
    expect(FakeSocket.all.length).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    newest().open();
    expect(page.connected.value).toBe(true);
    expect(newest().taken).toEqual([8]);
  });

  it("does not try again while a log-in is wanted", async () => {
    const page = await import("../src/connection");
    const { session, setSession } = await import("../src/session");
    page.askBefore(async () => setSession(null));
    page.connect();
    newest().close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all.length).toBe(1);
    expect(session.value).toBe(null);
    page.connect();
    expect(FakeSocket.all.length).toBe(2);
  });

  it("forgets the events of a station whose database was exchanged", async () => {
    const page = await import("../src/connection");
    page.connect();
    newest().open();
    const say = (message: object) => newest().onmessage({ data: JSON.stringify(message) });
    say({ kind: "station", station: { feed_id: "a" }, alarms: [] });
    say({ kind: "events", events: [{ seq: 7 }] });
    say({ kind: "station", station: { feed_id: "a" }, alarms: [] });
    expect(page.events.value.length).toBe(1);
    say({ kind: "station", station: { feed_id: "b" }, alarms: [] });
    expect(page.events.value).toEqual([]);
  });

  it("takes a station that says nothing for lost", async () => {
    const page = await import("../src/connection");
    page.connect();
    page.watchSilence();
    newest().open();
    newest().onmessage({ data: JSON.stringify({ kind: "station", station: null, alarms: [] }) });
    await vi.advanceTimersByTimeAsync(2500);
    expect(page.connected.value).toBe(true);
    await vi.advanceTimersByTimeAsync(1500);
    expect(page.connected.value).toBe(false);
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.all.length).toBe(2);
  });
});
