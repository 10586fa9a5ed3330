import { type Kind, METHODS, PATHS, POST_BODY } from "./kinds.ts";

/** What a browser sends along, for every arm the same. */
export const HEADERS = {
  accept: "application/json, text/plain, */*",
  "accept-encoding": "identity",
  "accept-language": "en-GB,en;q=0.9",
  "user-agent": "banyan-bench",
} as const;

export const STATUS: Readonly<Record<Kind, number>> = { small: 200, large: 200, post: 201 };

/** One whole request for each user, as bytes in latin1 (all of it is ASCII). */
export function requestsOf(kind: Kind, host: string, cookies: readonly string[]): string[] {
  const post = METHODS[kind] === "POST";
  return cookies.map((cookie) => {
    const headers = Object.entries({
      host,
      ...HEADERS,
      cookie,
      ...(post ? { "content-type": "application/json", "content-length": String(POST_BODY.length) } : {}),
    });
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    return `${METHODS[kind]} ${PATHS[kind]} HTTP/1.1\r\n${lines}\r\n${post ? POST_BODY : ""}`;
  });
}
