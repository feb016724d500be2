import { signal } from "@preact/signals";

/** The operator's name. It is kept in the browser and sent with every review and acknowledgement. */
export const operator = signal(localStorage.getItem("operator") ?? "");

export function setOperator(name: string): void {
  operator.value = name;
  localStorage.setItem("operator", name);
}
