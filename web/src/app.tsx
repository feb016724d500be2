import { alarms, connect, connected, speed, station } from "./connection";
import { t } from "./i18n";
import { useKeys } from "./keys";
import { LanguageButton } from "./language-button";
import { LoggedIn, LogIn, logOut } from "./log-in";
import { metres } from "./numbers";
import { isTyped, operator, setOperator } from "./operator";
import { Alarms } from "./pages/alarms";
import { Coils } from "./pages/coils";
import { Connections } from "./pages/connections";
import { Live } from "./pages/live";
import { CoilMap } from "./pages/map";
import { Models } from "./pages/models";
import { Recipes } from "./pages/recipes";
import { Report } from "./pages/report";
import { Review } from "./pages/review";
import { ShadowPage } from "./pages/shadow";
import { StationPage } from "./pages/station";
import { go, PAGES, route } from "./route";
import { lostFrom, runningCoil } from "./running";
import { advice, alarmCount, alarmName, alarmSubject, coilName, sentence } from "./sentences";
import { lastPerson, session } from "./session";
import { lineNow } from "./states";
import { ThemeButton } from "./theme-button";
import { useWholePage } from "./whole-page";

const SHOWN = {
  live: Live,
  map: CoilMap,
  alarms: Alarms,
  review: Review,
  coils: Coils,
  station: StationPage,
  recipes: Recipes,
  models: Models,
  report: Report,
  shadow: ShadowPage,
  connections: Connections,
};

export function App() {
  useWholePage();
  const pages = Object.fromEntries(PAGES.map((page, n) => [String(n + 1), () => go(page)]));
  useKeys({ ...pages, "9": () => session.value?.by_log_in && void logOut() });
  const Page = SHOWN[route.value.page];
  return (
    <>
      <Answers />
      <Nav />
      <main class={connected.value ? "" : "old"}>
        <Page key={`${route.value.page} ${lastPerson.value}`} />
      </main>
      <LogIn then={connect} />
    </>
  );
}

/** Three answers that can be read from three metres away: does the station inspect, is there an alarm, where on the coil is it. */
function Answers() {
  return (
    <header>
      <IsInspecting />
      <IsAlarm />
      <WhereOnCoil />
    </header>
  );
}

function IsInspecting() {
  const s = station.value;
  if (session.value === null)
    return (
      <div class="answer bad" role="alert">
        <b>✕ {t("notLoggedIn")}</b>
        <span>{t("notLoggedInWhy")}</span>
      </div>
    );
  if (!connected.value)
    return (
      <div class="answer bad" role="alert">
        <b>✕ {t("noContact")}</b>
        <span>{t("noContactWhy")}</span>
      </div>
    );
  if (!s || s.ready)
    return (
      <div class="answer">
        <b>{s ? t("inspecting") : "…"}</b>
        <span>{s?.name}</span>
      </div>
    );
  const from = lostFrom.value === null ? [] : [t("fromMetre", { m: metres(lostFrom.value) })];
  return (
    <div class="answer bad" role="alert">
      <b>✕ {t("notInspecting")}</b>
      <span class="sentence">{[...(s.reason ? [sentence(s.reason)] : []), ...from].join(" · ")}</span>
      {s.reason && <span class="advice">{advice([s.reason]).join(" ")}</span>}
    </div>
  );
}

function IsAlarm() {
  if (session.value === null)
    return (
      <div class="answer">
        <b>–</b>
      </div>
    );
  const open = alarms.value.filter((a) => !a.acknowledged_by);
  const isCostly = open.some((a) => a.cost <= 1);
  const [first] = open;
  return (
    <a class={first ? (isCostly ? "answer bad" : "answer warn") : "answer"} href="#/alarms">
      <b>{first ? `${isCostly ? "▲" : "◆"} ${alarmCount(open.length)}` : t("noAlarm")}</b>
      <span>{first ? [alarmName(first), alarmSubject(first)].filter(Boolean).join(" · ") : ""}</span>
    </a>
  );
}

function WhereOnCoil() {
  const coil = runningCoil.value;
  const name = coil ? coilName(coil) : station.value?.coil; // the coil was announced, and no result of it is stored yet
  return (
    <div class="answer">
      <b class="number">{coil ? metres(coil.length_m) : "–"}</b>
      <span>
        {name ? `${t("coil")} ${name}` : t("noCoil")}
        {coil && lineNow(station.value?.line_now ?? null, speed.value)}
      </span>
    </div>
  );
}

function Nav() {
  return (
    <nav>
      {PAGES.map((page, n) => (
        <a key={page} href={`#/${page}`} aria-current={route.value.page === page ? "page" : undefined}>
          <kbd>{n + 1}</kbd> {t(page)}
        </a>
      ))}
      <LoggedIn />
      {isTyped.value && (
        <label class="operator">
          {t("operator")}
          <input
            value={operator.value}
            maxLength={64}
            onInput={(e) => setOperator(e.currentTarget.value.trim())}
            onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()}
          />
        </label>
      )}
      <LanguageButton />
      <ThemeButton />
    </nav>
  );
}
