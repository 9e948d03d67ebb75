/** The two languages the pages speak. */
export type Language = "zh" | "en";

/** Chinese unless the browser clearly prefers another language. */
export function preferredLanguage(languages: readonly string[] = navigator.languages): Language {
  const first = languages.find((language) => /^(zh|en)/i.test(language));
  return first !== undefined && /^en/i.test(first) ? "en" : "zh";
}

export const otherLanguage = (language: Language): Language => (language === "zh" ? "en" : "zh");

/** As `lang` attributes and `Intl` name it. */
export const localeOf = (language: Language): string => (language === "zh" ? "zh-CN" : "en-GB");

/** Date and time of an ISO-8601 instant, where the person is. */
export function formatInstant(instant: string, language: Language): string {
  return new Date(instant).toLocaleString(localeOf(language), { dateStyle: "medium", timeStyle: "short" });
}
