import { language, setLanguage } from "./i18n";

/** Changes the language of the page to the other one. */
export function LanguageButton() {
  return (
    <button type="button" onClick={() => setLanguage(language.value === "ko" ? "en" : "ko")}>
      {language.value === "ko" ? "English" : "한국어"}
    </button>
  );
}
