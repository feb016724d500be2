import { useEffect, useState } from "preact/hooks";
import type { Recipe } from "./api";
import { get, said } from "./rest";

interface Listed {
  /** The recipes of the station, the default one first; null before they are read. */
  recipes: Recipe[] | null;
  problem: string;
  /** Reads them again. */
  read: () => Promise<void>;
}

/** The station's recipes. `repeatMs`: they are read again and again. */
export function useRecipes(repeatMs?: number): Listed {
  const [recipes, setRecipes] = useState<Recipe[] | null>(null);
  const [problem, setProblem] = useState("");
  const read = () =>
    get("/api/v1/recipes", {}).then(
      (answer) => {
        setRecipes(answer.recipes);
        setProblem("");
      },
      (error) => setProblem(said(error)),
    );
  useEffect(() => {
    void read();
    if (!repeatMs) return;
    const timer = setInterval(() => void read(), repeatMs);
    return () => clearInterval(timer);
  }, [repeatMs]);
  return { recipes, problem, read };
}
