import { useLayoutEffect } from "preact/hooks";

/** Whether a key is meant for a field that is being written into. */
function isWriting(event: KeyboardEvent): boolean {
  const at = event.target as HTMLElement | null;
  return event.ctrlKey || event.metaKey || event.altKey || !!at?.closest("input, select, textarea");
}

/** Calls for single keys while a component is on the page, by the key's lower-case name. They are exchanged with what is shown, not a
 * moment later: a key means what the operator sees. */
export function useKeys(calls: Record<string, () => void>): void {
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const call = isWriting(event) ? undefined : calls[event.key.toLowerCase()];
      if (!call) return;
      event.preventDefault();
      call();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  });
}
