import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { expect, test } from "vitest";
import { startFailure, USAGE } from "./start-failure.ts";

test("each mistake of the file stands on a line of its own, once", () => {
  const mistakes = [
    { place: "capabilities.a.ladder (line 4)", message: "the rungs of a ladder rise" },
    { place: "listen (line 1)", message: "`x` is not HOST:PORT" },
  ];
  const text = startFailure(new BanyanError("BYN-CONFIG-003", "mine.yaml has 2 mistakes", { mistakes }));
  expect(text.split("\n").slice(0, 3)).toEqual([
    "BYN-CONFIG-003 The settings file has mistakes: mine.yaml has 2 mistakes",
    "    capabilities.a.ladder (line 4): the rungs of a ladder rise",
    "    listen (line 1): `x` is not HOST:PORT",
  ]);
  expect(text.match(/rungs/g)).toHaveLength(1);
});

test("what the sentence names already is not listed again", () => {
  const mistakes = [{ place: "LOG_LEVEL", message: "Invalid option" }];
  const error = new BanyanError("BYN-CONFIG-001", "not usable: LOG_LEVEL: Invalid option", { mistakes });
  expect(startFailure(error).match(/Invalid option/g)).toHaveLength(1);
});

test("a taken port names the options that move it, and wrong arguments name the right ones", () => {
  expect(startFailure(new BanyanError("BYN-PARTS-005", "port 8080 on 127.0.0.1 is in use"))).toMatch(
    /--port N.*--admin-port N/,
  );
  expect(startFailure(new BanyanError("BYN-CONFIG-006", "--config FILE is missing"))).toContain(USAGE);
});
