import { signal } from "@preact/signals";

/** The pages in the navigation; the keys 1 to 8 open them. */
export const PAGES = ["live", "map", "alarms", "review", "coils", "station", "recipes", "models"] as const;
/** Pages that others lead to: the coil map to the report, the report and the models to the shadow, the station to its connections. */
const LED_TO = ["report", "shadow", "connections"] as const;
/** Every page. */
export type Page = (typeof PAGES)[number] | (typeof LED_TO)[number];

export interface Route {
  page: Page;
  /** The id of the coil that the page shows; null for the running one. On the page of the recipes: the name of one. */
  coil: string | null;
  /** The station of the coil, on the pages of a plant; null on a station's own. */
  station: string | null;
}

/** The page of an address: "#/map/K4711" is the map of K4711, "#/map/K4711/hot%20mill" that of the hot mill's K4711. An unknown
 * address is the live page. */
export function readRoute(hash: string): Route {
  const [, page = "", coil, station] = hash.split("/");
  const known = [...PAGES, ...LED_TO].find((p) => p === page);
  return {
    page: known ?? "live",
    coil: known && coil ? decoded(coil) : null,
    station: station ? decoded(station) : null,
  };
}

/** A coil's id from an address. One that is not encoded correctly is taken as it is; the station then knows no such coil. */
function decoded(coil: string): string {
  try {
    return decodeURIComponent(coil);
  } catch {
    return coil;
  }
}

export const route = signal<Route>(readRoute(typeof location === "undefined" ? "" : location.hash));

/** The address of a coil's page, on the pages of the station that is shown now, or of the plant's station that is given. */
export function coilAddress(page: "map" | "report" | "shadow", coil: string, station = route.value.station): string {
  const below = station === null ? "" : `/${encodeURIComponent(station)}`;
  return `#/${page}/${encodeURIComponent(coil)}${below}`;
}

export function go(page: Page, coil?: string): void {
  location.hash = coil ? `#/${page}/${encodeURIComponent(coil)}` : `#/${page}`;
}
