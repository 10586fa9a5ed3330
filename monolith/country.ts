const NAMES = new Intl.DisplayNames("en", { type: "region" });

/** The English name of a country by its code (ISO 3166-1 alpha-2); a code that nobody has stays as it is. */
export function countryText(code: string): string {
  return NAMES.of(code) ?? code;
}
