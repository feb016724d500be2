import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useCoil, useShownCoil } from "../coil-data";
import { station } from "../connection";
import { className, t, type Word } from "../i18n";
import { open, standing } from "../judging";
import { useKeys } from "../keys";
import { ClassName } from "../marker";
import { operator } from "../operator";
import { ask, post } from "../rest";
import { route } from "../route";
import type { Review as Said } from "../types";
import { Facts, Picture } from "./map";

interface SaidPage {
  reviews: Said[];
  next: number | null;
}

/** Everything that was said of a coil's defects; pages until the end. */
async function everything(coil: string): Promise<Said[]> {
  const all: Said[] = [];
  for (let cursor: number | null = 0; cursor !== null; ) {
    const page: SaidPage = await ask<SaidPage>(
      `reviews?coil_id=${encodeURIComponent(coil)}&cursor=${cursor}&limit=10000`,
    );
    all.push(...page.reviews);
    cursor = page.next;
  }
  return all;
}

export function Review() {
  const id = useShownCoil(route.value.what);
  const { coil, defects } = useCoil(id);
  const [said, setSaid] = useState<Said[]>([]);
  const mine = useRef<string[]>([]); // no state: a quick undo must find the newest word before the page is drawn anew
  const words = useRef(Promise.resolve()); // sent one after another, in the order of the keys
  const [withMask, setWithMask] = useState(true);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const keep = (all: Said[]) => {
      const known = new Set(all.map((r) => r.review_id));
      setSaid((given) => [...all, ...given.filter((r) => !known.has(r.review_id))]); // what was said while it was fetched
    };
    if (id) void everything(id).then(keep, (e) => setProblem(String(e)));
  }, [id]);
  const judged = useMemo(() => standing(said), [said]);
  const left = useMemo(() => open(defects, judged), [defects, judged]);
  const now = left[0];
  const classes = station.value?.classes ?? []; // every class keeps its key, whatever is looked at
  const say = async (defectId: string, verdict: string, cls?: string) => {
    if (!operator.value) return setProblem(t("operatorWanted"));
    try {
      const answer = await post<Said>(`defects/${encodeURIComponent(defectId)}/review`, {
        verdict,
        operator: operator.value,
        ...(cls ? { class: cls } : {}),
      });
      mine.current = verdict === "withdrawn" ? mine.current.slice(0, -1) : [...mine.current, defectId];
      setSaid((before) => [...before, answer]); // draws anew, `mine` too
      setProblem("");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const next = (word: () => Promise<void> | undefined) => {
    words.current = words.current.then(word);
  };
  const judge = (verdict: string, cls?: string) => now && next(() => say(now.defect_id, verdict, cls));
  const undo = () =>
    next(() => {
      const last = mine.current.at(-1);
      return last ? say(last, "withdrawn") : undefined;
    });
  const letters = Object.fromEntries(
    classes.map((c, n) => [LETTERS[n] ?? "", () => c !== now?.class && judge("relabelled", c)]),
  );
  useKeys({
    ...letters,
    c: () => judge("confirmed"),
    r: () => judge("rejected"),
    u: undo,
    m: () => setWithMask(!withMask),
  });
  return (
    <section class="page review">
      <div class="bar">
        <h1>
          {t("review")} {coil && `· ${coil.name}`}
        </h1>
        <span class="quiet">{t("left", { n: left.length })}</span>
        {problem && (
          <strong class="note" role="alert">
            {problem}
          </strong>
        )}
      </div>
      {now ? (
        <div class="judging">
          <Picture defect={now} withMask={withMask} />
          <div>
            <h2>
              <ClassName name={now.class} />
            </h2>
            <Facts defect={now} />
            <div class="verdicts">
              <button type="button" onClick={() => judge("confirmed")}>
                {t("confirm")}
              </button>
              <button type="button" onClick={() => judge("rejected")}>
                {t("reject")}
              </button>
              <h3>{t("relabel")}</h3>
              {classes.map((c, n) => (
                <button type="button" key={c} disabled={c === now.class} onClick={() => judge("relabelled", c)}>
                  <ClassName name={c} /> ({LETTERS[n]?.toUpperCase()})
                </button>
              ))}
              <button type="button" aria-pressed={withMask} onClick={() => setWithMask(!withMask)}>
                {t("showMask")}
              </button>
            </div>
          </div>
        </div>
      ) : (
        <p class="empty calm">{coil ? t("allReviewed") : t("waiting")}</p>
      )}
      <div class="bar said">
        <button type="button" disabled={!mine.current.length} onClick={undo}>
          {t("undo")}
        </button>
        {mine.current
          .slice(-5)
          .reverse()
          .map((defectId, n) => (
            <span key={`${defectId}${n}`} class="quiet">
              {word(judged.get(defectId))}
            </span>
          ))}
      </div>
    </section>
  );
}

const LETTERS = "qwetyiop";

const word = (r: Said | undefined): string =>
  r ? `${t(r.verdict as Word)}${r.class ? `: ${className(r.class)}` : ""}` : "";
