import { signal } from "@preact/signals";

/** Light or dark, as chosen here before, else as the system has it. */
export const theme = signal(
  (typeof localStorage !== "undefined" && localStorage.getItem("theme")) ||
    (typeof matchMedia !== "undefined" && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"),
);

export function setTheme(to: string): void {
  theme.value = to;
  localStorage.setItem("theme", to);
}
