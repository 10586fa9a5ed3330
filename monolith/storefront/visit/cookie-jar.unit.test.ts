import { expect, test } from "vitest";
import { cookieJar } from "./cookie-jar.ts";

test("what the browser sent goes on, the first of a name", () => {
  const jar = cookieJar("session=a=b; cart=1 ; session=c; =x; odd");
  expect(jar.header()).toBe("session=a=b; cart=1");
  expect([jar.has("session"), jar.has("odd"), jar.has("visitor")]).toEqual([true, false, false]);
  expect(jar.toSet()).toEqual([]);
});

test("without cookies there is no header, an empty one included", () => {
  expect(cookieJar(undefined).header()).toBeUndefined();
  expect(cookieJar("").header()).toBeUndefined();
});

test("what an answer sets goes along with the next request, and to the browser as it was set", () => {
  const jar = cookieJar("cart=1");
  jar.take(["visitor=v; Path=/; HttpOnly", "cart=2; Max-Age=60"]);
  jar.take(["visitor=w; Path=/"]);
  expect(jar.header()).toBe("cart=2; visitor=w");
  expect(jar.toSet()).toEqual(["visitor=w; Path=/", "cart=2; Max-Age=60"]);
});

test.each(["cart=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly", "cart=; max-age=0"])(
  "%s takes the cookie away, here and in the browser",
  (line) => {
    const jar = cookieJar("cart=1; session=s");
    jar.take([line]);
    expect(jar.header()).toBe("session=s");
    expect(jar.toSet()).toEqual([line]);
  },
);
