import { signal } from "@preact/signals";

/** Who sits here: kept in the browser, sent with every review and acknowledgement. */
export const operator = signal(localStorage.getItem("operator") ?? "");

export function setOperator(name: string): void {
  operator.value = name;
  localStorage.setItem("operator", name);
}
