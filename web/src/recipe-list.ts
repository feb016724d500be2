import type { Recipe } from "./api";
import { useRepeated } from "./repeated";
import { get } from "./rest";

interface Listed {
  /** The recipes of the station, the default one first; null before they are read. */
  recipes: Recipe[] | null;
  problem: string;
  /** Reads them again. */
  read: () => Promise<void>;
}

/** The station's recipes. `repeatMs`: they are read again and again. */
export function useRecipes(repeatMs?: number): Listed {
  const { answer, ...more } = useRepeated(() => get("/api/v1/recipes", {}), repeatMs);
  return { recipes: answer?.recipes ?? null, ...more };
}
