import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Watch, type Watched } from "./watch.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

class Sample implements Watched {
  watchPlace = -1;
  looks = 0;
  causes: unknown[] = [];
  readonly #onLook: () => void;

  constructor(onLook: () => void = () => {}) {
    this.#onLook = onLook;
  }

  look(): void {
    this.looks += 1;
    this.#onLook();
  }

  failed(cause: unknown): void {
    this.causes.push(cause);
  }
}

function watching(): Watch {
  return new Watch(
    () => 0,
    () => false,
  );
}

test("each is looked at once in every round, whoever left in between, and the timer stops with the last", () => {
  const watch = watching();
  const all = Array.from({ length: 9 }, () => new Sample());
  for (const one of all) watch.add(one);
  vi.advanceTimersByTime(100);
  const left = [0, 4, 8, 7];
  for (const i of left) watch.delete(all[i] ?? new Sample());
  vi.advanceTimersByTime(100);
  expect(all.map(({ looks }, i) => (left.includes(i) ? looks === 1 : looks === 2))).not.toContain(false);
  for (const one of all) watch.delete(one);
  vi.advanceTimersByTime(100);
  expect(vi.getTimerCount()).toBe(0);
});

test("one that leaves while it is looked at, or with it another, hides nobody else", () => {
  const watch = watching();
  const all: Sample[] = Array.from(
    { length: 6 },
    (_, i) =>
      new Sample(() => {
        if (i === 2 || i === 5) watch.delete(all[i] ?? new Sample());
        if (i === 3) watch.delete(all[0] ?? new Sample());
      }),
  );
  for (const one of all) watch.add(one);
  vi.advanceTimersByTime(100);
  expect(all.slice(1).every(({ looks }) => looks >= 1)).toBe(true);
  vi.advanceTimersByTime(100);
  expect(all.map(({ looks }, i) => [0, 2, 5].includes(i) || looks >= 2)).not.toContain(false);
});

test("one whose look throws is told so and left out; the others are looked at", () => {
  const watch = watching();
  const trouble = new Error("trouble");
  const bad = new Sample(() => {
    throw trouble;
  });
  const good = [new Sample(), new Sample()];
  for (const one of [good[0], bad, good[1]]) if (one !== undefined) watch.add(one);
  vi.advanceTimersByTime(200);
  expect(bad.causes).toEqual([trouble]);
  expect(good.map(({ looks }) => looks)).toEqual([2, 2]);
});

test("one that was never added, or left before, can leave again", () => {
  const watch = watching();
  const [one, other] = [new Sample(), new Sample()];
  watch.add(one);
  watch.delete(other);
  watch.add(other);
  watch.delete(one);
  watch.delete(one);
  vi.advanceTimersByTime(100);
  expect([one.looks, other.looks]).toEqual([0, 1]);
});
