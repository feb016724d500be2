import { useEffect, useState } from "preact/hooks";
import type { ModelHistory, ModelId, Models } from "./api";
import { get, said } from "./rest";

const REPEAT_MS = 2_000;
const TRYING_MS = 1_000;

interface Known {
  /** The models of the station; null before they are read. */
  models: Models | null;
  history: ModelHistory | null;
  problem: string;
  /** Takes over what the station answered to a request. */
  take: (models: Models) => void;
}

/** The models of the station and what was chosen before, read again and again. */
export function useModels(): Known {
  const [models, take] = useState<Models | null>(null);
  const [history, setHistory] = useState<ModelHistory | null>(null);
  const [problem, setProblem] = useState("");
  const isTrying = models !== null && models.trying !== null; // it is empty for the model of the station file
  useEffect(() => {
    let left = false;
    const read = () =>
      get("/api/v1/model", {}).then(
        (answer) => {
          if (left) return;
          take(answer);
          setProblem("");
        },
        (error) => left || setProblem(said(error)),
      );
    void read();
    const timer = setInterval(() => void read(), isTrying ? TRYING_MS : REPEAT_MS);
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [isTrying]);
  const line = models && [models.running.sha256, models.chosen.sha256, models.trying].join(" ");
  useEffect(() => {
    if (!line) return;
    let left = false;
    get("/api/v1/model/history", {}, { limit: 50 }).then(
      (answer) => left || setHistory(answer),
      () => undefined, // the page says already that the station does not answer
    );
    return () => {
      left = true;
    };
  }, [line]);
  return { models, history, problem, take };
}

/** A model by name and version. */
export const modelTitle = (model: ModelId): string => `${model.name} ${model.version}`;

/** What the page can say of a change that is under way. */
export type Stage = "trying" | "waiting" | "watched" | "settled";

/** How far a change of the model is: tried, waiting for the next coil, watched on its first coils, or there is none. */
export function stageOf(models: Models): Stage {
  if (models.trying !== null) return "trying";
  if (models.running.sha256 !== models.chosen.sha256) return "waiting";
  return models.watched ? "watched" : "settled";
}
