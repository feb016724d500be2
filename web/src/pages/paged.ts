import { useEffect, useState } from "preact/hooks";

interface Page<T> {
  items: T[];
  next: string | null;
}

interface Paged<T> {
  items: T[];
  /** Reads the next page; null on the last one. */
  older: (() => void) | null;
  problem: string;
}

interface How {
  repeatMs: number;
  /** Time before the first reading, while somebody may still be typing. */
  delayMs?: number;
  /** Another list: what was read before is forgotten. */
  list?: string;
  /** Something that may have changed the list: it is read again at once. */
  hint?: unknown;
}

/** A list that is read in pages, newest first, and whose first page is read again and again. `keyOf` tells its items apart. */
export function usePaged<T>(
  read: (cursor: string | null) => Promise<Page<T>>,
  keyOf: (item: T) => string,
  how: How,
): Paged<T> {
  const [items, setItems] = useState<T[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined); // undefined: no page was read yet
  const [problem, setProblem] = useState("");
  const refused = (error: Error) => setProblem(error.message);
  useEffect(() => {
    setItems([]);
    setNext(undefined);
  }, [how.list]);
  useEffect(() => {
    let stopped = false;
    const again = () =>
      void read(null).then((page) => {
        if (stopped) return;
        setItems((before) => [...page.items, ...without(before, page.items, keyOf)]);
        setNext((before) => (before === undefined ? page.next : before));
        setProblem("");
      }, refused);
    const first = setTimeout(again, how.delayMs ?? 0);
    const timer = setInterval(again, how.repeatMs);
    return () => {
      stopped = true;
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [how.list, how.hint]);
  const older = () =>
    void read(next ?? null).then((page) => {
      setItems((before) => [...before, ...without(page.items, before, keyOf)]);
      setNext(page.next);
    }, refused);
  return { items, older: next ? older : null, problem };
}

/** The items that are not among others. */
function without<T>(items: T[], others: T[], keyOf: (item: T) => string): T[] {
  const known = new Set(others.map(keyOf));
  return items.filter((item) => !known.has(keyOf(item)));
}
