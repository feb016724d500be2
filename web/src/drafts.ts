// Texts of recipes that somebody edits and has not saved. They stay while other pages are shown, and each person has their own.

import { effect, signal } from "@preact/signals";
import type { Recipe } from "./api";

/** A text, and the recipe that it was made from. */
export interface Draft {
  toml: string;
  from: Recipe;
}

export const drafts = signal<ReadonlyMap<string, Draft>>(new Map());

export const draftKey = (person: string, recipe: string): string => `${person}\n${recipe}`;

/** What a draft is beside the recipe that the station has now: there is none, it is not saved, or the recipe was changed meanwhile. */
export function draftState(draft: Draft | undefined, now: Recipe): "none" | "unsaved" | "overtaken" {
  if (!draft || draft.toml === now.toml) return "none";
  return draft.from.text_sha256 === now.text_sha256 ? "unsaved" : "overtaken";
}

/** Keep what was typed. A text that is the station's again is no draft. */
export function keep(key: string, toml: string, now: Recipe): void {
  const draft = { toml, from: drafts.value.get(key)?.from ?? now };
  if (draftState(draft, now) === "none") forget(key);
  else drafts.value = new Map(drafts.value).set(key, draft);
}

/** Go on with a text although the recipe was changed meanwhile: it is to replace the recipe that the station has now. */
export function goOn(key: string, now: Recipe): void {
  const draft = drafts.value.get(key);
  if (draft) drafts.value = new Map(drafts.value).set(key, { ...draft, from: now });
}

export function forget(key: string): void {
  drafts.value = new Map([...drafts.value].filter(([other]) => other !== key));
}

/** The browser asks before it closes the page, while a text is not saved. */
const ask = (event: Event) => event.preventDefault();
if (typeof addEventListener !== "undefined")
  effect(() => {
    if (drafts.value.size) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  });
