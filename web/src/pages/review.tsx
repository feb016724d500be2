import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Defect, ReviewIn, Standing } from "../api";
import { useCoil, useShownCoil } from "../coil-data";
import { station } from "../connection";
import { t } from "../i18n";
import { useKeys } from "../keys";
import { ClassName } from "../marker";
import { operator } from "../operator";
import { post } from "../rest";
import { route } from "../route";
import { className } from "../sentences";
import { disputes, readStanding, type StandingById, toReview } from "../standing";
import { DefectPicture, Facts } from "./defect";

type Verdict = ReviewIn["verdict"];

const LETTERS = "qwetyiop";
const NOTHING: StandingById = new Map();

/** What stands for a coil's defects. The answer to each review brings what stands for its defect. */
function useStanding(coil: string | null, fail: (problem: string) => void): [StandingById, (one: Standing) => void] {
  const [standing, setStanding] = useState(NOTHING);
  useEffect(() => {
    setStanding(NOTHING);
    if (!coil) return;
    // answers that came while the pages were read are newer than the pages
    const read = (all: StandingById) => setStanding((answers) => new Map([...all, ...answers]));
    void readStanding(coil).then(read, (error) => fail(String(error)));
  }, [coil]);
  return [standing, (one) => setStanding((before) => new Map([...before, [one.defect_id, one]]))];
}

/** Sends an operator's reviews one after another, in the order of the keys, and takes the last one back. */
function useReviews(keep: (one: Standing) => void, fail: (problem: string) => void) {
  const given = useRef<string[]>([]); // a ref and no state: a quick undo must find the newest review before the page is drawn again
  const queue = useRef(Promise.resolve());
  const send = async (defect_id: string, verdict: Verdict, who: string, name?: string) => {
    if (!who) return fail(t("operatorWanted"));
    if (who !== operator.value) return; // the shift changed while it waited: nobody signs what another decided
    try {
      const review = { verdict, operator: who, note: "", ...(name ? { class: name } : {}) };
      const answer = await post("/api/v1/defects/{defect_id}/review", { defect_id }, review);
      given.current = verdict === "withdrawn" ? given.current.slice(0, -1) : [...given.current, defect_id];
      keep(answer.standing); // draws the page again, with the new `given`
      fail("");
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  };
  const enqueue = (next: () => Promise<void> | undefined) => {
    queue.current = queue.current.then(next);
  };
  return {
    given,
    review: (defect: Defect, verdict: Verdict, name?: string) => {
      const who = operator.value;
      enqueue(() => send(defect.defect_id, verdict, who, name));
    },
    undo: () => {
      const who = operator.value;
      enqueue(() => {
        const last = given.current.at(-1);
        return last ? send(last, "withdrawn", who) : undefined;
      });
    },
  };
}

export function Review() {
  const id = useShownCoil(route.value.coil);
  const { coil, defects } = useCoil(id);
  const [problem, setProblem] = useState("");
  const [standing, keep] = useStanding(id, setProblem);
  const { given, review, undo } = useReviews(keep, setProblem);
  const [withMask, setWithMask] = useState(true);
  const left = useMemo(() => toReview(defects, standing), [defects, standing]);
  const now = left[0];
  const disputed = disputes(standing);
  const decide = (verdict: Verdict, name?: string) => now && review(now, verdict, name);
  const classes = station.value?.classes ?? []; // a class has the same key for every defect
  const letters = classes.map((c, n) => [LETTERS[n] ?? "", () => c !== now?.class && decide("relabelled", c)] as const);
  useKeys({
    ...Object.fromEntries(letters),
    c: () => decide("confirmed"),
    r: () => decide("rejected"),
    u: undo,
    m: () => setWithMask(!withMask),
  });
  return (
    <section class="page review">
      <div class="bar">
        <h1>
          {t("review")} {coil && `· ${coil.name}`}
        </h1>
        <span class="quiet">{t("leftToReview", { n: left.length })}</span>
        {disputed > 0 && <span class="quiet">{t("disputedDefects", { n: disputed })}</span>}
        {problem && (
          <strong class="note" role="alert">
            {problem}
          </strong>
        )}
      </div>
      {now ? (
        <div class="reviewing">
          <DefectPicture defect={now} withMask={withMask} />
          <div>
            <h2>
              <ClassName name={now.class} />
            </h2>
            <Facts defect={now} />
            <Verdicts now={now} classes={classes} decide={decide}>
              <button type="button" aria-pressed={withMask} onClick={() => setWithMask(!withMask)}>
                {t("showMask")}
              </button>
            </Verdicts>
          </div>
        </div>
      ) : (
        <p class="empty calm">{coil ? t("allReviewed") : t("waiting")}</p>
      )}
      <div class="bar given">
        <button type="button" disabled={!given.current.length} onClick={undo}>
          {t("undo")}
        </button>
        {given.current
          .slice(-5)
          .reverse()
          .map((defectId, n) => (
            <span key={`${defectId}${n}`} class="quiet">
              {resultName(standing.get(defectId))}
            </span>
          ))}
      </div>
    </section>
  );
}

interface VerdictsProps {
  now: Defect;
  classes: string[];
  decide: (verdict: Verdict, name?: string) => void;
  children: ComponentChildren;
}

function Verdicts({ now, classes, decide, children }: VerdictsProps) {
  return (
    <div class="verdicts">
      <button type="button" onClick={() => decide("confirmed")}>
        {t("confirm")}
      </button>
      <button type="button" onClick={() => decide("rejected")}>
        {t("reject")}
      </button>
      <h3>{t("relabel")}</h3>
      {classes.map((c, n) => (
        <button type="button" key={c} disabled={c === now.class} onClick={() => decide("relabelled", c)}>
          <ClassName name={c} /> ({LETTERS[n]?.toUpperCase()})
        </button>
      ))}
      {children}
    </div>
  );
}

const RESULTS = {
  open: "resultOpen",
  confirmed: "resultConfirmed",
  rejected: "resultRejected",
  relabelled: "resultRelabelled",
  disputed: "resultDisputed",
} as const;

/** What stands for a defect, in a few words. */
const resultName = (standing: Standing | undefined): string =>
  standing ? t(RESULTS[standing.result], { name: className(standing.class ?? "") }) : "";
