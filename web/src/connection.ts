import { signal } from "@preact/signals";
import type { Alarm, LiveMessage, LivePassed, Station, StationEvent } from "./api";
import { type LivePicture, PROTOCOL, readPicture } from "./protocol";
import { session } from "./session";

export const connected = signal(false);
/** When the station last sent something, in ms since 1970; 0 before that. */
export const lastMessage = signal(0);
export const station = signal<Station | null>(null);
export const alarms = signal<Alarm[]>([]);
export const events = signal<StationEvent[]>([]);
/** Speed of the strip in m/s; null until it is known. */
export const speed = signal<number | null>(null);

const KEPT_EVENTS = 300;
const SILENT_MS = 3000;
const RETRY_MS = [500, 1000, 2000, 5000];
const AHEAD = 8;
const ASK_AFTER = 4; // one request for so many pictures, so that a station with many viewers gets a quarter of the requests

type StripListener = (what: LivePicture | LivePassed) => void;
const listeners = new Set<StripListener>();

/** Call the listener with each piece of strip as it comes. `scale` is the picture size wanted. Returns a function that stops it. */
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

/** End the connection, and do not connect again by itself. */
export function disconnect(): void {
  const old = socket;
  socket = null;
  connected.value = false;
  old?.close();
}

let whoAsks: () => Promise<void> = () => Promise.resolve();

/** Say how to find out whether the station wants a log-in. */
export function askBefore(ask: () => Promise<void>): void {
  whoAsks = ask;
}

/** Connect to the station, and connect again whenever the connection is lost. */
export function connect(): void {
  disconnect();
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
    if (socket !== mine) return;
    lastMessage.value = Date.now();
    if (typeof message.data === "string") receive(JSON.parse(message.data) as LiveMessage);
    else show(readPicture(message.data as ArrayBuffer));
  };
  mine.onclose = () => {
    if (socket !== mine) return;
    connected.value = false;
    setTimeout(() => void reconnect(), RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
  };
}

/** Connect again, unless the station wants a log-in first: a refused WebSocket does not say why. */
async function reconnect(): Promise<void> {
  const mine = socket;
  await whoAsks();
  if (session.value !== null && socket === mine) connect();
}

/** Treat a connection on which nothing comes for three seconds as lost. */
export function watchSilence(): void {
  setInterval(() => {
    if (connected.value && lastMessage.value && Date.now() - lastMessage.value > SILENT_MS) {
      connected.value = false;
      socket?.close();
    }
  }, 500);
}

function show(picture: LivePicture): void {
  for (const listener of listeners) listener(picture);
  measureSpeed(picture);
  if (listeners.size && ++shown >= ASK_AFTER) {
    take(shown);
    shown = 0;
  }
}

function receive(message: LiveMessage): void {
  if (message.kind === "station") {
    const isOther = station.value && station.value.feed_id !== message.station.feed_id;
    if (isOther) events.value = []; // the station has another database, and these events are not in it
    station.value = message.station;
    alarms.value = message.alarms;
    connected.value = true;
  } else if (message.kind === "events") {
    events.value = [...events.value, ...message.events].slice(-KEPT_EVENTS);
  } else {
    for (const listener of listeners) listener(message);
  }
}

let passed: { at: number; line: number; coil: string }[] = [];

/** Compute the speed from the lines of the first camera that came within the last four seconds. */
function measureSpeed({ header }: LivePicture): void {
  const camera = station.value?.cameras[0];
  if (!camera || header.camera !== camera.name) return;
  const now = performance.now();
  passed = passed.filter((p) => now - p.at < 4000 && p.coil === header.coil_id);
  passed.push({ at: now, line: header.first_line + header.lines, coil: header.coil_id });
  const first = passed[0];
  if (first && now - first.at > 1000)
    speed.value = ((header.first_line + header.lines - first.line) * camera.mm_per_line) / (now - first.at);
}
