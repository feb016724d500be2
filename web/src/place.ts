import { computed, signal } from "@preact/signals";
import { station } from "./connection";

/** A station as far as its records need it: its name and the sides that its cameras see. */
export interface Place {
  name: string;
  cameras: readonly { name: string; side: string }[];
}

/** The station of a plant whose records the page shows; null on a station's own console. */
export const ofPlant = signal<Place | null>(null);

/** The station whose records the page shows. */
export const place = computed<Place | null>(() => ofPlant.value ?? station.value);
