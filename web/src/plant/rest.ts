import { fetched } from "../rest";
import type { components } from "../wire-plant";

type Schemas = components["schemas"];
export type Plant = Schemas["PlantOut"];
export type Line = Schemas["StationEntryOut"];
export type CoilOfStation = Schemas["StationCoilOut"];
type Page = Schemas["PlantCoilPage"];

/** The stations of the plant. */
export const readPlant = (): Promise<Plant> => fetched("api/v1/plant");

/** Coils of all stations, newest first. `cursor`: `next` of the page before. */
export function readCoils(limit: number, cursor: string | null = null): Promise<Page> {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor && { cursor }) });
  return fetched(`api/v1/coils?${query}`);
}
