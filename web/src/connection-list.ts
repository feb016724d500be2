import type { PlantConnection } from "./api";
import { t, type Word } from "./i18n";
import { useRepeated } from "./repeated";
import { get } from "./rest";

const REPEAT_MS = 2_000;

interface Known {
  /** The connections to the plant's systems, by name; null before they are read. */
  connections: PlantConnection[] | null;
  problem: string;
  /** Reads them now. */
  read: () => Promise<void>;
}

/** The connections to the plant's systems, read again and again. */
export function useConnections(repeatMs = REPEAT_MS): Known {
  const { answer, ...more } = useRepeated(() => get("/api/v1/connections", {}), repeatMs);
  return { connections: answer?.connections ?? null, ...more };
}

/** What is known of a connection: what its process said last, or that it says nothing. */
export type Standing = PlantConnection["state"] | "silent";

export const standingOf = (c: PlantConnection): Standing => (c.silent ? "silent" : c.state);

/** Whether somebody has to look at it. A peer that is away is nothing to look at, unless something waits for it. */
export function isIll(c: PlantConnection): boolean {
  const standing = standingOf(c);
  if (standing === "waiting" || standing === "connecting") return c.waiting > 0 || c.failing_since !== null;
  return standing !== "connected";
}

/** Those that somebody has to look at, then the others; each by name. */
export const illFirst = (connections: readonly PlantConnection[]): PlantConnection[] => [
  ...connections.filter(isIll),
  ...connections.filter((c) => !isIll(c)),
];

const STANDING: Record<Standing, Word> = {
  connected: "linkConnected",
  connecting: "linkConnecting",
  waiting: "linkWaiting",
  refused: "linkRefused",
  failed: "linkFailed",
  silent: "linkSilent",
};

/** A connection's state in the page's language, with a sign where somebody has to look. */
export const standingName = (c: PlantConnection): string => `${isIll(c) ? "◆ " : ""}${t(STANDING[standingOf(c)])}`;

const LANGUAGES: Record<string, string> = { level2: "Level 2", opcua: "OPC UA", mqtt: "MQTT" };

/** The name of a language as people write it. One that the page does not know keeps its own. */
export const languageName = (language: string): string => LANGUAGES[language] ?? language;

/** The event after which everything is sent again, as somebody has typed it; null if that is no number of an event. */
export const typedEvent = (text: string): number | null => (/^\d{1,15}$/.test(text.trim()) ? Number(text) : null);
