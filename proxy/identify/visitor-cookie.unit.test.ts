import { describe, expect, it } from "vitest";
import { visitorCookies } from "./visitor-cookie.ts";

const KEY = Buffer.alloc(32, 1);

function cookieValue(setCookie: string): string {
  return /=([^;]*)/.exec(setCookie)?.[1] ?? "";
}

describe("visitor cookies", () => {
  it("are known again by every proxy with the key, the second time as well as the first", () => {
    const { id, setCookie } = visitorCookies(KEY).make(false);
    const other = visitorCookies(KEY);
    for (let i = 0; i < 3; i++) expect(other.read(cookieValue(setCookie))).toBe(id);
    expect(visitorCookies(Buffer.alloc(32, 2)).read(cookieValue(setCookie))).toBeUndefined();
  });

  it("that are forged stay unknown, also right after the true one was remembered", () => {
    const cookies = visitorCookies(KEY);
    const value = cookieValue(cookies.make(false).setCookie);
    expect(cookies.read(value)).toBeDefined();
    const forged = [`${value}A`, value.slice(1), `A${value.slice(1)}`, `${value.slice(0, -2)}__`, "", "x.y"];
    for (const one of forged) for (let i = 0; i < 2; i++) expect(cookies.read(one)).toBeUndefined();
    expect(cookies.read(undefined)).toBeUndefined();
  });

  it("beyond those that are remembered are checked anew", () => {
    const cookies = visitorCookies(KEY, 4);
    const made = Array.from({ length: 50 }, () => cookies.make(false));
    for (let i = 0; i < 2; i++) {
      for (const { id, setCookie } of made) expect(cookies.read(cookieValue(setCookie))).toBe(id);
    }
  });
});
