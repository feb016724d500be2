import { useEffect } from "preact/hooks";
import { language } from "./i18n";
import { readRoute, route } from "./route";
import { theme } from "./theme";

/** Follow the page's address, and give the whole page its theme and language. */
export function useWholePage(): void {
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
}
