/** The language of sentences meant for technicians: Chinese where the terminal says so (POSIX: LC_ALL, LC_MESSAGES, LANG). */
export function language(environment: NodeJS.ProcessEnv = process.env): "zh" | "en" {
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  return /^zh/i.test(LC_ALL || LC_MESSAGES || LANG || "") ? "zh" : "en";
}
