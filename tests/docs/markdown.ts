/** A page of the project's own docs, as far as the tests read it. */
export interface Page {
  /** From the project's root, e.g. `docs/errors.md`. */
  readonly path: string;
  readonly text: string;
}

export interface Code {
  readonly text: string;
  /** The language of a fenced block; undefined for a span. */
  readonly fence: string | undefined;
}

export interface Link {
  readonly words: string;
  readonly target: string;
  readonly isPicture: boolean;
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;
const SPAN = /`([^`\n]+)`/g;
const LINK = /(!?)\[([^\]]*)\]\(([^)\s]+)\)/g;

/** Every fenced block and every span of code. */
export function codeOf({ text }: Page): Code[] {
  const blocks = [...text.matchAll(FENCE)].map(([, fence = "", code = ""]) => ({ text: code, fence }));
  const spans = [...withoutBlocks(text).matchAll(SPAN)].map(([, code = ""]) => ({
    text: code,
    fence: undefined,
  }));
  return [...blocks, ...spans];
}

/** Links and pictures outside of code. */
export function linksOf({ text }: Page): Link[] {
  const prose = withoutBlocks(text).replace(/(?<!\[)`[^`\n]+`(?!\])/g, "");
  return [...prose.matchAll(LINK)].map(([, mark, words = "", target = ""]) => ({
    words,
    target,
    isPicture: mark === "!",
  }));
}

/** The anchors of a page: its headings as GitHub names them. */
export function anchorsOf({ text }: Page): string[] {
  const seen = new Map<string, number>();
  return headingsOf(text).map((heading) => {
    const slug = slugOf(heading);
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

export function headingsOf(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading.trim());
}

/** Lower case, punctuation gone, spaces to dashes. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** The cells of every table row, the ruling line left out. A bar in a cell is written `\|`. */
export function tableRowsOf(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf("|"))
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll("\\|", "|")),
    );
}

function withoutBlocks(text: string): string {
  return text.replace(FENCE, "");
}
