import { computed, signal } from "@preact/signals";
import { session } from "./session";

const typed = signal(localStorage.getItem("operator") ?? "");

/** Whether a name is typed, because the station asks nobody who they are. */
export const isTyped = computed(() => session.value?.name === null);

/** The operator's name: of the log-in, or, where the station asks for none, as typed. That is kept in the browser. */
export const operator = computed(() => session.value?.name ?? typed.value);

export function setOperator(name: string): void {
  typed.value = name;
  localStorage.setItem("operator", name);
}
