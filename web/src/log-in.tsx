import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { disconnect } from "./connection";
import { t } from "./i18n";
import { LanguageButton } from "./language-button";
import { get, post, Refused, remove } from "./rest";
import { session, setSession } from "./session";

const RETRY_MS = 3000;
const notOut = signal("");
let isLeaving = false;

/** Ask the station who we are, until it has said so. `rest` notes it if a log-in is wanted. */
export async function askWhoWeAre(): Promise<void> {
  try {
    const now = await get("/api/v1/session", {});
    if (!isLeaving) setSession(now);
  } catch {
    if (session.value === undefined) setTimeout(() => void askWhoWeAre(), RETRY_MS);
  }
}

/** Log out, for the next one to log in. If the station does not confirm it, the one before is still logged in, and the page says so. */
export async function logOut(): Promise<void> {
  isLeaving = true;
  try {
    await remove("/api/v1/session", {});
    notOut.value = "";
    setSession(null);
    disconnect();
  } catch (error) {
    notOut.value = session.value === null ? "" : t("notLoggedOut", { why: inWords(error) });
  }
  isLeaving = false;
}

/** Asks for name and password over the page, which stays as it is behind it. `then` is called after a log-in. */
export function LogIn({ then }: { then: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const isWanted = session.value === null;
  useEffect(() => {
    if (isWanted) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isWanted]);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      setSession(await post("/api/v1/session", {}, { name: name.trim(), password }));
      setProblem("");
      setName("");
      then();
    } catch (error) {
      setProblem(inWords(error));
    }
    setPassword("");
    setBusy(false);
  };
  return (
    <dialog ref={dialog} class="log-in" onCancel={(e) => e.preventDefault()} aria-labelledby="log-in-title">
      <form onSubmit={(e) => void submit(e)}>
        <h1 id="log-in-title">{t("logIn")}</h1>
        <p>{t("logInWhy")}</p>
        <label>
          {t("name")}
          <input
            name="username"
            autocomplete="username"
            maxLength={64}
            required
            value={name}
            onInput={(e) => setName(e.currentTarget.value)}
          />
        </label>
        <label>
          {t("password")}
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            maxLength={200}
            required
            value={password}
            onInput={(e) => setPassword(e.currentTarget.value)}
          />
        </label>
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" disabled={isBusy}>
          {t("logIn")}
        </button>
        <LanguageButton />
      </form>
    </dialog>
  );
}

function inWords(error: unknown): string {
  if (error instanceof Refused && error.status === 401) return t("logInWrong");
  if (error instanceof Refused && error.status === 429) return t("logInTooOften");
  return error instanceof Error ? error.message : String(error);
}

/** Who is logged in, and the key for the change of shift. */
export function LoggedIn() {
  const now = session.value;
  if (!now?.by_log_in) return null;
  return (
    <div class="operator">
      <span>
        {t("operator")}: <b>{now.name}</b> ({t(ROLE_WORDS[now.role])})
      </span>
      <button type="button" onClick={() => void logOut()}>
        <kbd>9</kbd> {t("logOut")}
      </button>
      {notOut.value && <span role="alert">{notOut.value}</span>}
    </div>
  );
}

const ROLE_WORDS = {
  reader: "roleReader",
  operator: "roleOperator",
  mes: "roleMes",
  engineer: "roleEngineer",
  admin: "roleAdmin",
} as const;
