/** A piece of HTML that is safe to put into a page. Made by `html` only, so that nothing gets in unescaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Html | string | number | null | false | readonly Content[];

/** Template of HTML. Everything put in is escaped, but what was made by `html` itself; null and false give nothing. */
export function html(literals: TemplateStringsArray, ...contents: Content[]): Html {
  const text = literals.reduce((done, literal, i) => `${done}${write(contents[i - 1] ?? null)}${literal}`);
  return new Html(text);
}

function write(content: Content): string {
  if (content === null || content === false) return "";
  if (content instanceof Html) return content.text;
  if (typeof content === "object") return content.map(write).join("");
  return escapeHtml(String(content));
}

/**
 * For text and for attribute values in double quotes (the only ones that `html` templates here use). Control
 * characters that HTML forbids become U+FFFD; signs that turn the direction of writing become visible, so that a
 * name can't disguise itself.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(FORBIDDEN, "\ufffd")
    .replace(TURNING, (sign) => `[U+${sign.charCodeAt(0).toString(16).toUpperCase()}]`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
const TURNING = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** JSON for a `<script type="application/json">`: without `<`, no tag can end or open inside (HTML §4.12.1.3). */
export function jsonBlock(id: string, value: unknown): Html {
  const text = JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return html`<script type="application/json" id="${id}">${new Html(text)}</script>`;
}

/** The inside of `<style>` or `<script>`: our own files and uPlot's, never data. */
export function rawText(text: string, tag: "style" | "script"): Html {
  if (new RegExp(`</${tag}|<!--`, "i").test(text)) throw new RangeError(`an asset can't hold "</${tag}"`);
  return new Html(text);
}
