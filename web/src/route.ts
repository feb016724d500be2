import { signal } from "@preact/signals";

export const PAGES = ["live", "map", "alarms", "review", "coils", "station"] as const;
/** Those with a key and a place in the navigation, and the report that the map leads to. */
export type Page = (typeof PAGES)[number] | "report";

export interface Route {
  page: Page;
  /** A coil's id where the page is about one. */
  what: string | null;
}

/** "#/map/K4711" is the map of K4711; anything strange is the live page. */
export function readRoute(hash: string): Route {
  const [, page = "", what] = hash.split("/");
  const known = [...PAGES, "report" as const].find((p) => p === page);
  return { page: known ?? "live", what: known && what ? decodeURIComponent(what) : null };
}

export const route = signal<Route>(readRoute(typeof location === "undefined" ? "" : location.hash));

export function go(page: Page, what?: string): void {
  location.hash = what ? `#/${page}/${encodeURIComponent(what)}` : `#/${page}`;
}
