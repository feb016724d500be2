/** An answer of the station, or an error that says what it said. */
export async function ask<T>(path: string, options: RequestInit = {}): Promise<T> {
  const answer = await fetch(new URL(`api/v1/${path}`, document.baseURI), options);
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => null)) as { detail?: string; title?: string } | null;
    throw new Error(problem?.detail ?? problem?.title ?? `${answer.status}`);
  }
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

export function post<T>(path: string, body: unknown): Promise<T> {
  return ask<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

export const crop = (defectId: string) => `api/v1/defects/${encodeURIComponent(defectId)}/crop.jpg`;
export const mask = (defectId: string) => `api/v1/defects/${encodeURIComponent(defectId)}/mask.png`;

/** The coil map as a picture; another one when the coil has changed. */
export const mapPicture = (coilId: string, revision: number) =>
  `api/v1/coils/${encodeURIComponent(coilId)}/map.png?revision=${revision}`;
