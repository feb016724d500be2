import { signal } from "@preact/signals";
import type { Session } from "./api";

/** Who asks; null if the station wants a log-in, undefined until it has said so. */
export const session = signal<Session | null | undefined>(undefined);

/** Who logged in last: a page stays as it is if the same person comes back. */
export const lastPerson = signal("");

/** Take over who asks. */
export function setSession(now: Session | null): void {
  session.value = now;
  if (now) lastPerson.value = now.name ?? "";
}
