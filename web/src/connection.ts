import { signal } from "@preact/signals";
import { type Piece, PROTOCOL, readPiece, type Word } from "./protocol";
import type { Alarm, Passed, Station, StationEvent } from "./types";

/** What the page knows of the station. `heard` is when it last spoke: an old picture is never shown as live. */
export const connected = signal(false);
export const heard = signal(0);
export const station = signal<Station | null>(null);
export const alarms = signal<Alarm[]>([]);
export const events = signal<StationEvent[]>([]);
export const speed = signal<number | null>(null);

const KEPT_EVENTS = 300;
const SILENT_MS = 3000;
const AGAIN_MS = [500, 1000, 2000, 5000];
const AHEAD = 8;
const ASK_AFTER = 4; // one word for so many pictures: a station with many viewers hears a quarter as many

type StripListener = (what: Piece | Passed) => void;
const listeners = new Set<StripListener>();

/** Pieces of strip as they come; `scale` is how large they are wanted. Returns how to stop. */
export function watchStrip(listener: StripListener, scale: number): () => void {
  listeners.add(listener);
  wanted = scale;
  take(AHEAD);
  return () => listeners.delete(listener);
}

let socket: WebSocket | null = null;
let tries = 0;
let wanted = 1 / 12;
let shown = 0;

function take(pictures: number): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ take: pictures, scale: wanted }));
}

/** Connect, and again whenever the connection is lost; the page catches up by itself. */
export function connect(): void {
  const address = new URL("api/v1/live", document.baseURI);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(address, PROTOCOL);
  socket = mine;
  mine.binaryType = "arraybuffer";
  mine.onopen = () => {
    tries = 0;
    connected.value = true;
    shown = 0;
    if (listeners.size) take(AHEAD);
  };
  mine.onmessage = (message) => {
    heard.value = Date.now();
    if (typeof message.data === "string") hear(JSON.parse(message.data) as Word);
    else show(readPiece(message.data as ArrayBuffer));
  };
  mine.onclose = () => {
    if (socket !== mine) return;
    connected.value = false;
    setTimeout(connect, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
  };
}

/** A connection that says nothing is as good as none. */
export function watchSilence(): void {
  setInterval(() => {
    if (connected.value && heard.value && Date.now() - heard.value > SILENT_MS) {
      connected.value = false;
      socket?.close();
    }
  }, 500);
}

function show(piece: Piece): void {
  for (const listener of listeners) listener(piece);
  measureSpeed(piece);
  if (listeners.size && ++shown >= ASK_AFTER) {
    take(shown);
    shown = 0;
  }
}

function hear(word: Word): void {
  if (word.kind === "station") {
    station.value = word.station;
    alarms.value = word.alarms;
    connected.value = true;
  } else if (word.kind === "events") {
    events.value = [...events.value, ...word.events].slice(-KEPT_EVENTS);
  } else {
    for (const listener of listeners) listener(word);
  }
}

let passed: { at: number; line: number; coil: string; camera: string }[] = [];

/** Metres a second over the last seconds, from the lines that came. */
function measureSpeed({ header }: Piece): void {
  const camera = station.value?.cameras[0];
  if (!camera || header.camera !== camera.name) return;
  const now = performance.now();
  passed = passed.filter((p) => now - p.at < 4000 && p.coil === header.coil_id);
  passed.push({ at: now, line: header.first_line + header.lines, coil: header.coil_id, camera: header.camera });
  const first = passed[0];
  if (first && now - first.at > 1000)
    speed.value = ((header.first_line + header.lines - first.line) * camera.mm_per_line) / (now - first.at);
}
