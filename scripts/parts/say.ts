/** Tells the person what is being done now: one short line at a time, without a line end. */
export type Say = (text: string) => void;

/**
 * Lets at most one line through every `everyMs`, so that long work shows progress without flooding the screen.
 * `now` in milliseconds.
 */
export function paced(say: Say, everyMs: number, now: () => number): Say {
  let last = Number.NEGATIVE_INFINITY;
  return (text) => {
    if (now() - last < everyMs) return;
    last = now();
    say(text);
  };
}

/** The last `count` non-empty lines of a text, for an error that must show why. */
export function lastLines(text: string, count: number): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-count)
    .join("\n");
}

/**
 * What a log's end tells a person: its last lines without colours, stack frames and the fields of dumped objects.
 * When that leaves nothing, the last lines as they are.
 */
export function tellingLines(text: string, count: number): string {
  // ESC [ … m: SGR, ECMA-48 §8.3.117.
  const plain = text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "");
  const noise = /^\s+(at |\w+: )|^\s*[{}\]]+,?$/;
  const telling = plain
    .split(/\r?\n/)
    .filter((line) => !noise.test(line))
    .join("\n");
  return lastLines(telling, count) || lastLines(plain, count);
}
