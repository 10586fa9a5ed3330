import { stream } from "@banyan/loadtests/corpus/random.ts";

export interface Known {
  readonly ids: readonly string[];
  readonly categories: readonly string[];
  /** Words of names and descriptions. */
  readonly words: readonly string[];
}

/** Input that has been wrong somewhere before, or may be: each of them alone is asked for. */
const ODD_PATHS = [
  "/api/categories/",
  "/api/categories?x=1",
  "/API/Categories",
  "/api/products/",
  "/api/products?q=",
  "/api/products?q=%20%20",
  "/api/products?q=the",
  "/api/products?q=the+of+and",
  "/api/products?q=-",
  "/api/products?q=%22unbalanced",
  "/api/products?q=%22a+phrase%22",
  "/api/products?q=cup+-mug",
  "/api/products?q=cup+or+pan",
  "/api/products?q=CUP+OR+PAN",
  "/api/products?q=+++cup+++pan+",
  "/api/products?q=%00",
  "/api/products?q=a%00b",
  "/api/products?q=%E2%82%AC",
  "/api/products?q=%F0%9F%AB%96",
  "/api/products?q=%C3%89tag%C3%A8re",
  "/api/products?q=e%CC%81",
  "/api/products?q=%C4%B0stanbul",
  "/api/products?q=%ff%fe",
  "/api/products?q=%ED%A0%80",
  "/api/products?q=%",
  "/api/products?q=%zz",
  "/api/products?q=%27%3B+DROP+TABLE+product%3B--",
  "/api/products?q=a%26b%7Cc%21d%3A*",
  "/api/products?q=https://example.org/cup?x=1",
  "/api/products?q=someone@example.org",
  `/api/products?q=${"a".repeat(80)}`,
  `/api/products?q=${"a".repeat(81)}`,
  `/api/products?q=${"%F0%9F%AB%96".repeat(40)}`,
  `/api/products?q=${"a".repeat(10_000)}`,
  "/api/products?q=cup&q=pan",
  "/api/products?q[]=cup",
  "/api/products?q[a]=cup",
  "/api/products?page=0",
  "/api/products?page=-1",
  "/api/products?page=500",
  "/api/products?page=501",
  "/api/products?page=1.5",
  "/api/products?page=1e2",
  "/api/products?page=0x10",
  "/api/products?page=%201",
  "/api/products?page=",
  "/api/products?page=NaN",
  "/api/products?page=Infinity",
  "/api/products?page=1&page=2",
  "/api/products?page=99999999999999999999",
  "/api/products?perPage=0",
  "/api/products?perPage=1",
  "/api/products?perPage=48",
  "/api/products?perPage=49",
  "/api/products?perPage=abc",
  "/api/products?perPage=abc&page=x&q=&category=%20",
  "/api/products?perPage=48&page=500",
  "/api/products?category=",
  "/api/products?category=nope",
  "/api/products?category=nope&q=cup",
  "/api/products?category=Kitchen",
  "/api/products?category=kitchen%00",
  `/api/products?category=${"a".repeat(61)}`,
  "/api/products?category=kitchen&category=garden",
  "/api/products?unknown=1",
  "/api/products?__proto__=1",
  "/api/products?constructor=1",
  "/api/products?toString",
  "/api/products?&&=&",
  "/api/products?q=cup#fragment",
  "/api/products/nope",
  "/api/products/%20",
  "/api/products/%00",
  "/api/products/%zz",
  "/api/products/a%2Fb",
  "/api/products/..%2Fcategories",
  "/api/products/00000000-0000-0000-0000-000000000000",
  `/api/products/${"a".repeat(5_000)}`,
  "/api/products/a/b",
  "//api/products",
  "/api//products",
  "/api/categories/nope",
  "/api/categories/%20",
  "/api/categories/%00",
  "/api/categories/%ff",
  "/api/categories/%zz",
  "/api/categories/Kitchen",
  "/api/categories/kitchen",
  "/api/categories/kitchen/",
  "/api/categories/kitchen?page=0",
  "/api/categories/kitchen?utm_source=letter",
  "/api/categories/kitchen/products",
  "/api/categories/kitchen%2F",
  "/api/categories/..%2Fproducts",
  `/api/categories/${"a".repeat(60)}`,
  `/api/categories/${"a".repeat(61)}`,
  "/api/categories/constructor",
];

/** The odd ones, everything that is known once, and `drawn` mixtures; the same for the same seed. */
export function catalogRequests(
  { ids, categories, words }: Known,
  seed: number,
  drawn: number,
): readonly string[] {
  const random = stream(seed);
  const one = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? "";
  const maybe = (ratio: number, text: () => string): string[] => (random() < ratio ? [text()] : []);
  const number = (bound: number) => String(1 + Math.floor(random() * bound));
  const phrase = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => one(words)).join(" ");
  const q = () => {
    const text = [phrase, phrase, () => `"${phrase()}"`, () => `${phrase()} -${one(words)}`];
    return (text[Math.floor(random() * text.length)] ?? phrase)();
  };

  const list = () => {
    const query = [
      ...maybe(0.6, () => `q=${encodeURIComponent(q())}`),
      ...maybe(0.6, () => `category=${one(categories)}`),
      ...maybe(0.5, () => `page=${number(12)}`),
      ...maybe(0.5, () => `perPage=${number(48)}`),
    ];
    return `/api/products?${query.join("&")}`;
  };
  const makers = [
    list,
    list,
    () => `/api/categories/${one(categories)}`,
    () => `/api/products/${one(ids)}`,
    () => `/api/products/${one(ids).toUpperCase()}`,
    () => `/api/products/${encodeURIComponent(one(ids)).replaceAll("-", "%2D")}`,
  ];
  const mixed = Array.from({ length: drawn }, (_, n) => (makers[n % makers.length] ?? list)());
  return [
    "/api/categories",
    "/api/products",
    ...ODD_PATHS,
    ...categories.map((slug) => `/api/categories/${slug}`),
    ...mixed,
  ];
}
