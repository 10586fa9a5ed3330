const NAMES = new Intl.DisplayNames("en", { type: "region", fallback: "code" });

/** The name of a country by its code (ISO 3166-1 alpha-2). */
export function countryName(code: string): string {
  return NAMES.of(code) ?? code;
}

/** Where the shop delivers, by name. */
export const COUNTRIES =
  "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LT LU LV MT NL NO PL PT RO SE SI SK"
    .split(" ")
    .map((value) => ({ value, text: countryName(value) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
