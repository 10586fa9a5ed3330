/** The path to go on to, as a link or a form names it; `/` when it would lead out of the shop. */
export function nextOf(given: string): string {
  const shop = "http://shop.invalid";
  if (!given.startsWith("/") || given.length > 2_000 || !URL.canParse(given, shop)) return "/";
  const { origin, pathname, search } = new URL(given, shop);
  // What a browser would read as another host (`//host`, `/\host`) can come out of dots, too: `/.//host`.
  return origin === shop && !pathname.startsWith("//") ? pathname + search : "/";
}
