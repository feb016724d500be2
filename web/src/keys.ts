import { useLayoutEffect } from "preact/hooks";
import { session } from "./session";

/** Whether the key is typed into a form field, or with Ctrl, Alt or the command key. */
function isTyping(event: KeyboardEvent): boolean {
  const at = event.target as HTMLElement | null;
  return event.ctrlKey || event.metaKey || event.altKey || !!at?.closest("input, select, textarea");
}

/**
 * Call a function when its key is pressed, by the key's lower-case name. The functions change in the same step as what is on the screen
 * (a layout effect), so a key always acts on what the operator sees.
 */
export function useKeys(calls: Record<string, () => void>): void {
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isIdle = session.value === null || isTyping(event); // while a log-in is wanted, no key does anything in somebody's name
      const call = isIdle ? undefined : calls[event.key.toLowerCase()];
      if (!call) return;
      event.preventDefault();
      call();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  });
}
