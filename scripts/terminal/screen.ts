import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import pc from "picocolors";

/** What a command shows: words, progress and the next command to people; with `--json` the same as data. */
export interface Screen {
  readonly json: boolean;
  /** A heading. */
  title(text: string): void;
  say(text: string): void;
  good(text: string): void;
  warn(text: string): void;
  bad(text: string): void;
  /** One line that is drawn over itself on a terminal; elsewhere only when its text changes by a tenth. */
  progress(label: string, ratio: number, detail?: string): void;
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
  /** The next command to type. */
  next(command: string, why?: string): void;
  /** What `--json` prints on standard output; of several, the first. */
  result(data: unknown): void;
}

const BAR = 24;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const COLOURS = /\u001b\[[0-9;]*m/g;

/** Words go to standard output; with `--json` they go to standard error, so that standard output is only data. */
export function createScreen(json: boolean, out = process.stdout, err = process.stderr): Screen {
  for (const stream of [out, err]) {
    if (!stream.listeners("error").includes(unlessReaderLeft)) stream.on("error", unlessReaderLeft);
  }
  const words = json ? err : out;
  let drawn = "";
  let lastTenth = "";
  let answered = false;
  const clear = () => {
    if (drawn !== "") words.write("\r\u001b[K");
    drawn = "";
  };
  const line = (text: string) => {
    clear();
    words.write(`${text}\n`);
  };
  return {
    json,
    title: (text) => line(`\n${pc.bold(text)}`),
    say: (text) => line(text),
    good: (text) => line(`${pc.green("✓")} ${text}`),
    warn: (text) => line(`${pc.yellow("!")} ${text}`),
    bad: (text) => line(`${pc.red("✗")} ${text}`),
    progress: (label, ratio, detail = "") => {
      const share = Math.min(1, Math.max(0, ratio));
      if (!words.isTTY) {
        const tenth = `${label} ${Math.floor(share * 10)}`;
        if (tenth !== lastTenth) line(`  ${label} ${Math.round(share * 100)} % ${detail}`);
        lastTenth = tenth;
        return;
      }
      const full = Math.round(share * BAR);
      drawn = `  ${pc.cyan("█".repeat(full))}${pc.dim("░".repeat(BAR - full))} ${label} ${pc.dim(detail)}`;
      words.write(`\r\u001b[K${fit(drawn, words.columns ?? 80)}`);
    },
    table: (head, rows) => {
      for (const row of layTable(head, rows)) line(row);
    },
    next: (command, why) =>
      line(`\n${pc.dim("next:")} ${pc.bold(command)}${why === undefined ? "" : pc.dim(`  # ${why}`)}`),
    result: (data) => {
      clear();
      // An error after the answer is told in words and by the exit code: two documents are no JSON.
      if (json && !answered) out.write(`${JSON.stringify(data, null, 2)}\n`);
      answered = true;
    },
  };
}

/**
 * A reader that goes away (`| head -1`) wants no more words; it does not undo what the command does, so that nothing is
 * left half done, and the exit code says what came of it.
 */
function unlessReaderLeft(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/**
 * Shows an error as a person needs it: code, what happened, every mistake, what to do next.
 * @param capability the one that the command was for: what to do next names it
 */
export function showError(screen: Screen, error: unknown, verbose: boolean, capability = "CAPABILITY"): void {
  const known =
    error instanceof BanyanError
      ? error
      : new BanyanError("BYN-CLI-001", error instanceof Error ? error.message : String(error), {
          cause: error,
        });
  const whatToDo = known.entry.whatToDo.replaceAll(/\bCAPABILITY\b/g, () => capability);
  screen.bad(`${pc.bold(known.code)} ${known.entry.title}: ${known.detail}`);
  for (const mistake of known.mistakes) screen.say(`    ${pc.bold(mistake.place)}: ${mistake.message}`);
  screen.say(`  ${whatToDo}`);
  if (verbose && error instanceof Error) screen.say(pc.dim(String(error.cause ?? error.stack)));
  screen.result({
    error: {
      code: known.code,
      title: known.entry.title,
      detail: known.detail,
      mistakes: known.mistakes,
      whatToDo,
    },
  });
}

/** A plain table with aligned columns; colours don't count for the width. */
export function layTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ""))));
  const lay = (row: readonly string[]) =>
    `  ${widths.map((w, column) => pad(row[column] ?? "", w)).join("  ")}`.trimEnd();
  return [pc.dim(lay(head)), ...rows.map(lay)];
}

function width(text: string): number {
  return [...text.replace(COLOURS, "")].length;
}

function pad(text: string, to: number): string {
  return text + " ".repeat(Math.max(0, to - width(text)));
}

/** Cut to the terminal's width, so that a redrawn line never wraps. */
function fit(text: string, columns: number): string {
  const over = width(text) - columns + 1;
  return over <= 0 ? text : `${[...text].slice(0, -over).join("")}\u001b[0m`;
}
