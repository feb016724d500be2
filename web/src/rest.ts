import type { Problem } from "./api";
import { language, t } from "./i18n";
import { route } from "./route";
import { sentence } from "./sentences";
import { setSession } from "./session";
import type { paths } from "./wire";

type Method = "get" | "post" | "put" | "delete";
type Path<M extends Method> = { [P in keyof paths]: paths[P][M] extends undefined ? never : P }[keyof paths];
type PathParts<O> = O extends { parameters: { path: infer T } } ? T : Record<string, never>;
type Query<O> = O extends { parameters: { query?: infer T } } ? T : undefined;
type Body<O> = O extends { requestBody: { content: { "application/json": infer T } } } ? T : undefined;
type Json<R> = R extends { content: { "application/json": infer T } } ? T : undefined;
type Answer<O> = O extends { responses: infer R }
  ? Json<R extends { 200: infer A } ? A : R extends { 201: infer A } ? A : R extends { 202: infer A } ? A : undefined>
  : never;

/** GET a resource of the station. Throws an error with the reason in the page's language. */
export function get<P extends Path<"get">>(
  path: P,
  parts: PathParts<paths[P]["get"]>,
  query?: Query<paths[P]["get"]>,
): Promise<Answer<paths[P]["get"]>> {
  return fetched(address(path, parts as Parts, query as Parts | undefined));
}

/** POST to a resource of the station. Throws an error with the reason in the page's language. */
export function post<P extends Path<"post">>(
  path: P,
  parts: PathParts<paths[P]["post"]>,
  body: Body<paths[P]["post"]>,
): Promise<Answer<paths[P]["post"]>> {
  return sent("POST", path, parts as Parts, body);
}

/** PUT a resource of the station. Throws an error with the reason in the page's language. */
export function put<P extends Path<"put">>(
  path: P,
  parts: PathParts<paths[P]["put"]>,
  body: Body<paths[P]["put"]>,
): Promise<Answer<paths[P]["put"]>> {
  return sent("PUT", path, parts as Parts, body);
}

function sent<T>(method: string, path: keyof paths, parts: Parts, body: unknown): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return fetched(address(path, parts), { method, headers, body: JSON.stringify(body) });
}

/** DELETE a resource of the station. */
export function remove<P extends Path<"delete">>(path: P, parts: PathParts<paths[P]["delete"]>): Promise<void> {
  return fetched(address(path, parts as Parts), { method: "DELETE" });
}

export const cropAddress = (defectId: string) =>
  address("/api/v1/defects/{defect_id}/crop.jpg", { defect_id: defectId });
export const maskAddress = (defectId: string) =>
  address("/api/v1/defects/{defect_id}/mask.png", { defect_id: defectId });

/** The coil map as a picture, in the page's language. A new revision of the coil has a new address, so no old picture is shown. */
export const mapAddress = (coilId: string, revision: number) =>
  address("/api/v1/coils/{coil_id}/map.png", { coil_id: coilId }, { lang: language.value, revision });

type Parts = Record<string, string | number | null | undefined>;

/** An address relative to the page, so that the console also works behind a path of a proxy. A plant has its stations below it. */
function address(path: keyof paths, parts: Parts, query: Parts = {}): string {
  const { station } = route.value;
  const below = station === null || path === "/api/v1/session" ? "" : `stations/${encodeURIComponent(station)}/`;
  const filled =
    below + path.slice(1).replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parts[name])));
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const search = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString();
  return search ? `${filled}?${search}` : filled;
}

/** A problem document. A proxy's own answers lack most of it. */
type Told = Partial<Problem> | null;

/** The station refused a request. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Told,
  ) {
    super(inWords(status, problem));
  }
}

/** What an error says, in the page's language. */
export const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A problem document in the page's language. The station writes `detail` in English, so it stands behind words of the page's own. */
export function inWords(status: number, problem: Told): string {
  if (problem?.reason) return sentence(problem.reason);
  const detail = problem?.detail ?? problem?.title ?? `${status}`;
  if (language.value === "en") return detail;
  return status === 404 ? t("notFound") : `${t("refused")} (${detail})`;
}

/** What is at an address relative to the page. Throws an error with the reason in the page's language. */
export async function fetched<T>(where: string, options: RequestInit = {}): Promise<T> {
  const answer = await fetch(new URL(where, document.baseURI), options);
  if (answer.status === 401) setSession(null); // the page stays, and the log-in stands over it
  if (!answer.ok) {
    throw new Refused(answer.status, (await answer.json().catch(() => null)) as Told);
  }
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}
