/** Markup that is safe to send: only `html` makes it, and it escapes what is not markup already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template. Nothing is shown for `undefined` and `false`. */
export type Shown = Html | string | number | false | undefined | readonly Shown[];

/**
 * A template whose values are escaped for elements and quoted attributes, so that no name, address or message of
 * anybody's becomes markup. It is not for what stands in a script or a style: there is none in our pages.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Shown[]): Html {
  let text = parts[0] ?? "";
  for (const [n, value] of values.entries()) text += textOf(value) + (parts[n + 1] ?? "");
  return new Html(text);
}

function textOf(value: Shown): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "string") return escaped(value);
  return typeof value === "number" ? String(value) : value.map(textOf).join("");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
