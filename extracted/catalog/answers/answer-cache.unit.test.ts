import { describe, expect, it, vi } from "vitest";
import { type Answer, jsonAnswer } from "./answer.ts";
import { type AnswerCache, createAnswerCache } from "./answer-cache.ts";

const bounds = { maxEntries: 3, maxBytes: 1_000_000 };
const answerOf = (text: string): Answer => jsonAnswer({ text });

function turnedOn(): AnswerCache {
  const cache = createAnswerCache(bounds);
  cache.turn("on");
  return cache;
}

/** An answer that is made when the test says so. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<Answer | undefined>();
  return { make: vi.fn(() => promise), resolve, reject };
}

describe("the answer cache", () => {
  it("makes an answer once and gives the very same one again", async () => {
    const cache = turnedOn();
    const make = vi.fn(async () => answerOf("one"));
    const first = await cache.answer("a", make);
    expect(await cache.answer("a", make)).toBe(first);
    expect(make).toHaveBeenCalledTimes(1);
    expect(cache.figures()).toMatchObject({ on: true, entries: 1, hits: 1, misses: 1 });
  });

  it("starts off, and off it neither keeps nor shares", async () => {
    const cache = createAnswerCache(bounds);
    const one = held();
    const both = [cache.answer("a", one.make), cache.answer("a", one.make)];
    one.resolve(answerOf("one"));
    await Promise.all(both);
    expect(one.make).toHaveBeenCalledTimes(2);
    expect(cache.figures()).toMatchObject({ on: false, entries: 0, hits: 0 });
  });

  it("makes one query of a stampede on one key", async () => {
    const cache = turnedOn();
    const one = held();
    const asked = Array.from({ length: 50 }, () => cache.answer("a", one.make));
    one.resolve(answerOf("one"));
    expect(new Set(await Promise.all(asked)).size).toBe(1);
    expect(one.make).toHaveBeenCalledTimes(1);
  });

  it("forgets everything when the data has changed", async () => {
    const cache = turnedOn();
    await cache.answer("a", async () => answerOf("old"));
    cache.drop();
    expect(await cache.answer("a", async () => answerOf("new"))).toEqual(answerOf("new"));
  });

  it("does not keep an answer whose query began before the change and ended after it", async () => {
    const cache = turnedOn();
    const old = held();
    const waiting = cache.answer("a", old.make);
    cache.drop();
    old.resolve(answerOf("old"));
    await waiting;
    expect(await cache.answer("a", async () => answerOf("new"))).toEqual(answerOf("new"));
  });

  it("lets nobody who asks after the change join a query that began before it", async () => {
    const cache = turnedOn();
    const old = held();
    const before = cache.answer("a", old.make);
    cache.drop();
    const after = cache.answer("a", async () => answerOf("new"));
    old.resolve(answerOf("old"));
    expect(await before).toEqual(answerOf("old"));
    expect(await after).toEqual(answerOf("new"));
    expect(await cache.answer("a", async () => answerOf("never made"))).toEqual(answerOf("new"));
  });

  it("keeps the new query joinable when the old one ends first", async () => {
    const cache = turnedOn();
    const old = held();
    const before = cache.answer("a", old.make);
    cache.drop();
    const fresh = held();
    const after = cache.answer("a", fresh.make);
    old.resolve(answerOf("old"));
    await before;
    const joined = cache.answer("a", fresh.make);
    fresh.resolve(answerOf("new"));
    expect(await joined).toBe(await after);
    expect(fresh.make).toHaveBeenCalledTimes(1);
  });

  it("keeps nothing of a query that ran while nobody listened, even when it ends after listening began again", async () => {
    const cache = turnedOn();
    const old = held();
    const waiting = cache.answer("a", old.make);
    cache.turn("off");
    const unheard = held();
    const alsoWaiting = cache.answer("b", unheard.make);
    cache.turn("on");
    old.resolve(answerOf("old"));
    unheard.resolve(answerOf("old"));
    await Promise.all([waiting, alsoWaiting]);
    expect(cache.figures().entries).toBe(0);
  });

  it("keeps neither a failure nor the absence of something", async () => {
    const cache = turnedOn();
    await expect(cache.answer("a", () => Promise.reject(new Error("away")))).rejects.toThrow("away");
    expect(await cache.answer("a", async () => undefined)).toBeUndefined();
    expect(await cache.answer("a", async () => answerOf("there"))).toEqual(answerOf("there"));
  });

  it("stays within its bounds of entries and of bytes", async () => {
    const cache = turnedOn();
    for (const key of ["a", "b", "c", "d"]) await cache.answer(key, async () => answerOf(key));
    expect(cache.figures().entries).toBe(3);

    const small = createAnswerCache({ maxEntries: 100, maxBytes: 10_000 });
    small.turn("on");
    for (let i = 0; i < 20; i++) await small.answer(`k${i}`, async () => answerOf("x".repeat(1_000)));
    expect(small.figures().entries).toBeLessThan(10);
    expect(small.figures().bytes).toBeLessThanOrEqual(10_000);
    const huge = answerOf("x".repeat(20_000));
    expect(await small.answer("huge", async () => huge)).toBe(huge);
  });
});
