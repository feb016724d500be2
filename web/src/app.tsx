import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { alarms, connected, speed, station } from "./connection";
import { about, alarmCount, alarmName, language, metres, reason, setLanguage, t } from "./i18n";
import { useKeys } from "./keys";
import { operator, setOperator } from "./operator";
import { Alarms } from "./pages/alarms";
import { Coils } from "./pages/coils";
import { Live } from "./pages/live";
import { CoilMap } from "./pages/map";
import { Report } from "./pages/report";
import { Review } from "./pages/review";
import { StationPage } from "./pages/station";
import { go, PAGES, readRoute, route } from "./route";
import { runningCoil, unseenFrom } from "./running";

const theme = signal(
  localStorage.getItem("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"),
);

function setTheme(to: string): void {
  theme.value = to;
  localStorage.setItem("theme", to);
}

const SHOWN = {
  live: Live,
  map: CoilMap,
  alarms: Alarms,
  review: Review,
  coils: Coils,
  station: StationPage,
  report: Report,
};

export function App() {
  useEffect(() => {
    const follow = () => {
      route.value = readRoute(location.hash);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = theme.value;
    document.documentElement.lang = language.value;
  }, [theme.value, language.value]);
  useKeys(Object.fromEntries(PAGES.map((page, n) => [String(n + 1), () => go(page)])));
  const Page = SHOWN[route.value.page];
  return (
    <>
      <Answers />
      <Nav />
      <main class={connected.value ? "" : "old"}>
        <Page key={route.value.page} />
      </main>
    </>
  );
}

/** What must be read from three metres away: are we inspecting, is there an alarm, where on the coil are we. */
function Answers() {
  const s = station.value;
  const open = alarms.value.filter((a) => !a.acknowledged_by);
  const worst = Math.min(...open.map((a) => a.cost));
  const coil = runningCoil.value;
  return (
    <header>
      {!connected.value ? (
        <div class="answer bad" role="alert">
          <b>✕ {t("noContact")}</b>
          <span>{t("noContactWhy")}</span>
        </div>
      ) : s && !s.ready ? (
        <div class="answer bad" role="alert">
          <b>✕ {t("notInspecting")}</b>
          <span>
            {reason(s.reason ?? "")}
            {unseenFrom.value !== null && ` · ${t("fromMetre", { m: metres(unseenFrom.value) })}`}
          </span>
        </div>
      ) : (
        <div class="answer">
          <b>{s ? t("inspecting") : "…"}</b>
          <span>{s?.name}</span>
        </div>
      )}
      <a class={open.length ? (worst <= 1 ? "answer bad" : "answer warn") : "answer"} href="#/alarms">
        <b>{open.length ? `${worst <= 1 ? "▲" : "◆"} ${alarmCount(open.length)}` : t("noAlarm")}</b>
        <span>{open[0] ? `${alarmName(open[0].kind)} · ${about(open[0])}` : ""}</span>
      </a>
      <div class="answer">
        <b class="number">{coil ? metres(coil.length_m) : "–"}</b>
        <span>
          {coil ? `${t("coil")} ${coil.name}` : t("noCoil")}
          {speed.value !== null && coil && ` · ${speed.value.toFixed(1)} m/s`}
        </span>
      </div>
    </header>
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
      <label class="operator">
        {t("operator")}
        <input
          value={operator.value}
          maxLength={64}
          onInput={(e) => setOperator(e.currentTarget.value.trim())}
          onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()}
        />
      </label>
      <button type="button" onClick={() => setLanguage(language.value === "ko" ? "en" : "ko")}>
        {language.value === "ko" ? "English" : "한국어"}
      </button>
      <button type="button" onClick={() => setTheme(theme.value === "dark" ? "light" : "dark")}>
        {t(theme.value === "dark" ? "bright" : "dark")}
      </button>
    </nav>
  );
}
