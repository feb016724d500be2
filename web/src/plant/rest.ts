import { fetched } from "../rest";
import type { components } from "../wire-plant";

type Schemas = components["schemas"];
export type Plant = Schemas["PlantOut"];
export type Line = Schemas["StationEntryOut"];
export type CoilOfStation = Schemas["StationCoilOut"];
type Page = Schemas["PlantCoilPage"];

const PATIENCE_MS = 5000;

/** The stations of the plant. A server that does not answer in time is one that does not answer. */
export const readPlant = (): Promise<Plant> => fetched("api/v1/plant", { signal: AbortSignal.timeout(PATIENCE_MS) });

/** Coils of all stations with this text in their name, newest first. `cursor`: `next` of the page before. */
export function readCoils(limit: number, name: string, cursor: string | null = null): Promise<Page> {
  const query = new URLSearchParams({ limit: String(limit), ...(name && { name }), ...(cursor && { cursor }) });
  return fetched(`api/v1/coils?${query}`);
}
