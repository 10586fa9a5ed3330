import type { Shelf } from "./assortment.ts";
import type { Random } from "./random.ts";
import { CLOSINGS, COLOURS, LINES, MANNERS, OPENINGS, ORIGINS, SENTENCES } from "./words.ts";

/** What is drawn for a product before its texts, so that they agree with each other. */
export interface Traits {
  readonly line: string;
  readonly manner: string;
  readonly material: string;
  readonly noun: string;
  readonly use: string;
  readonly colour: string;
  readonly origin: string;
  /** Grams. */
  readonly weight: number;
  /** Centimetres. */
  readonly size: readonly [number, number];
  /** Of guarantee. */
  readonly years: number;
}

export function drawTraits(random: Random, { nouns, materials, uses }: Shelf): Traits {
  return {
    line: random.pick(LINES),
    manner: random.pick(MANNERS),
    material: random.pick(materials),
    noun: random.pick(nouns),
    use: random.pick(uses),
    colour: random.pick(COLOURS),
    origin: random.pick(ORIGINS),
    weight: random.between(4, 240) * 10,
    size: [random.between(8, 60), random.between(5, 45)],
    years: random.between(2, 20),
  };
}

export function nameOf({ line, manner, material, noun }: Traits): string {
  return `${line} ${manner} ${material} ${noun}`;
}

/** 60–200 words: an opening, some sentences of which none comes twice, a closing. */
export function describe(random: Random, traits: Traits): string {
  const words: Readonly<Record<string, string>> = {
    line: traits.line,
    manner: traits.manner.toLowerCase(),
    material: traits.material.toLowerCase(),
    noun: traits.noun.toLowerCase(),
    use: traits.use,
    colour: traits.colour.toLowerCase(),
    origin: traits.origin,
    weight: String(traits.weight),
    size: `${traits.size[0]} by ${traits.size[1]}`,
    years: String(traits.years),
    people: String(random.between(3, 40)),
    since: String(random.between(1890, 2010)),
  };
  const fill = (sentence: string) =>
    sentence.replace(/\{(\w+)\}/g, (_, slot: string) => {
      const word = words[slot];
      if (word === undefined) throw new RangeError(`no word for {${slot}}`);
      return word;
    });
  const middle = random.shuffled(SENTENCES).slice(0, random.between(3, 7));
  return [random.pick(OPENINGS), ...middle, random.pick(CLOSINGS)].map(fill).join(" ");
}

/** Skewed to the lower end of what the shelf costs; it ends as prices in shops do. */
export function priceOf(random: Random, { euros: [low, high] }: Shelf): number {
  const euros = Math.floor(low + (high - low) * random.next() ** 2);
  return euros * 100 + random.pick([0, 50, 90, 95]);
}

export function attributesOf(random: Random, traits: Traits): Record<string, string> {
  return {
    Material: traits.material,
    Colour: traits.colour,
    "Made in": traits.origin,
    Weight: `${traits.weight} g`,
    ...(random.next() < 0.5 ? { Guarantee: `${traits.years} years` } : {}),
    ...(random.next() < 0.5 ? { Size: `${traits.size[0]} × ${traits.size[1]} cm` } : {}),
  };
}
