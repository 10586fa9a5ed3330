import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createScreen } from "../terminal/screen.ts";
import { placesOf } from "./layout.ts";
import { takeStackLock } from "./stack-lock.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "banyan-stack-lock-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function contextOf(signal: AbortSignal, said: string[] = []) {
  const screen = { ...createScreen(false), say: (text: string) => void said.push(text) };
  return { places: placesOf("/nowhere", { BANYAN_HOME: home }), screen, signal };
}

test("the second `up` waits, is told for whom, and goes on when the first is done", async () => {
  const { signal } = new AbortController();
  const said: string[] = [];
  const first = await takeStackLock(contextOf(signal), "banyan up");
  let taken = false;
  const second = takeStackLock(contextOf(signal, said), "banyan down").then((lock) => {
    taken = true;
    return lock;
  });
  await expect.poll(() => said).toEqual([expect.stringContaining(`\`banyan up\` (process ${process.pid}`)]);
  expect(taken).toBe(false);
  await first.release();
  await (await second).release();
});

test("Ctrl-C ends the wait; after Ctrl-C a demo's own `down` still gets the lock", async () => {
  const interrupt = new AbortController();
  const first = await takeStackLock(contextOf(interrupt.signal), "banyan up");
  const second = takeStackLock(contextOf(interrupt.signal), "banyan up");
  const refused = expect(second).rejects.toThrow("stopped");
  interrupt.abort(new Error("stopped"));
  await refused;
  await first.release();
  await (await takeStackLock(contextOf(interrupt.signal), "banyan down")).release();
});
