import { signal } from "@preact/signals";
import type { Right, Session } from "./api";

/** Who asks; null if the station wants a log-in, undefined until it has said so. */
export const session = signal<Session | null | undefined>(undefined);

/** Who logged in last: a page stays as it is if the same person comes back. */
export const lastPerson = signal("");

const lastRights = signal<readonly Right[]>([]);

/** Take over who asks. */
export function setSession(now: Session | null): void {
  session.value = now;
  if (!now) return;
  lastPerson.value = now.name ?? "";
  lastRights.value = now.rights;
}

/** Whether the one who asked last has a right, so that a form stays as it is behind a log-in. The station decides; the page only leaves
 * out what it would refuse. */
export const may = (right: Right): boolean => lastRights.value.includes(right);
