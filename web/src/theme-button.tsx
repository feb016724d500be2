import { t } from "./i18n";
import { setTheme, theme } from "./theme";

/** Changes between the light and the dark page. */
export function ThemeButton() {
  return (
    <button type="button" onClick={() => setTheme(theme.value === "dark" ? "light" : "dark")}>
      {t(theme.value === "dark" ? "bright" : "dark")}
    </button>
  );
}
