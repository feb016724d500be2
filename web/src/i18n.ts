import { signal } from "@preact/signals";
import { type Arguments, format } from "./format";
import en from "./words.en.json";
import ko from "./words.ko.json";

export type Language = "en" | "ko";

/** A key of the console's own words. Both files must have every key of the other. */
export type Word = keyof typeof en | keyof typeof ko;
export const WORDS: Record<Language, Record<Word, string>> = { en, ko };

const stored = typeof localStorage === "undefined" ? null : localStorage.getItem("language");
const preferred = typeof navigator !== "undefined" && navigator.language.startsWith("ko") ? "ko" : "en";

/** The language of the page. A component that reads it is drawn again when it changes. */
export const language = signal<Language>(stored === "ko" || stored === "en" ? stored : preferred);

/** Change the language, and keep the choice in the browser. */
export function setLanguage(to: Language): void {
  language.value = to;
  localStorage.setItem("language", to);
  document.documentElement.lang = to;
}

/** A word of the console in the page's language, with its arguments filled in. */
export function t(word: Word, args: Arguments = {}): string {
  return format(WORDS[language.value][word], args);
}
