import { expect, test } from "vitest";
import { Random } from "./random.ts";

const N = 20_000;

function moments(draw: () => number): { mean: number; sd: number } {
  const values = Array.from({ length: N }, draw);
  const mean = values.reduce((a, b) => a + b, 0) / N;
  return { mean, sd: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / N) };
}

test.each<[string, (random: Random) => number, number, number]>([
  ["uniform", (r) => r.uniform(), 1 / 2, Math.sqrt(1 / 12)],
  ["exponential", (r) => r.exponential(), 1, 1],
  ["normal", (r) => r.normal(), 0, 1],
  ["gamma of 7", (r) => r.gamma(7), 7, Math.sqrt(7)],
  ["beta of 150 and 135", (r) => r.beta(150, 135), 150 / 285, Math.sqrt((150 * 135) / 285 ** 2 / 286)],
  ["binomial of 300 at 0.01", (r) => r.binomial(300, 0.01), 3, Math.sqrt(2.97)],
])("%s has the mean and the spread of its distribution", (name, draw, mean, sd) => {
  const random = new Random(name);
  const found = moments(() => draw(random));
  expect(Math.abs(found.mean - mean)).toBeLessThan((4 * sd) / Math.sqrt(N));
  expect(Math.abs(found.sd / sd - 1)).toBeLessThan(0.03);
});

test("a binomial knows its ends", () => {
  const random = new Random("ends");
  expect(random.binomial(300, 0)).toBe(0);
  expect(random.binomial(300, 1)).toBe(300);
});

test("the first numbers of neighbouring seeds are spread evenly and don't hang together", () => {
  const first = Array.from({ length: N }, (_, i) => new Random(`quick same nominal ${i}`).uniform());
  const mean = first.reduce((a, b) => a + b, 0) / N;
  const products = first.slice(1).reduce((sum, x, i) => sum + (x - mean) * ((first[i] ?? 0) - mean), 0);
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
  expect(Math.abs((12 * products) / N)).toBeLessThan(0.03);
});
