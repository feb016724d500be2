import { useEffect, useState } from "preact/hooks";
import { said } from "./rest";

interface Repeated<T> {
  /** What was answered last; null before the first answer. */
  answer: T | null;
  /** Why there is no newer answer; empty if there is one. */
  problem: string;
  /** Asks now. */
  read: () => Promise<void>;
}

/** Asks when the page opens and again and again, and at once when `key` changes, which names what `ask` asks for. Without `everyMs` it asks once. */
export function useRepeated<T>(ask: () => Promise<T>, everyMs?: number, key = ""): Repeated<T> {
  const [answer, setAnswer] = useState<T | null>(null);
  const [problem, setProblem] = useState("");
  const asked = (isOver: () => boolean) =>
    ask().then(
      (found) => {
        if (isOver()) return;
        setAnswer(() => found);
        setProblem("");
      },
      (error) => {
        if (!isOver()) setProblem(said(error));
      },
    );
  useEffect(() => {
    let left = false; // an answer that comes after the page was left, or to an older question, does not count
    const again = () => void asked(() => left);
    again();
    const timer = everyMs ? setInterval(again, everyMs) : undefined;
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [everyMs, key]);
  return { answer, problem, read: () => asked(() => false) };
}
