import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { createScreen } from "../terminal/screen.ts";
import { usageError } from "../terminal/usage-error.ts";
import { program } from "./program.ts";

async function refusal(...args: readonly string[]): Promise<string> {
  const banyan = program({
    root: "/nowhere",
    environment: {},
    screen: createScreen(true),
    signal: new AbortController().signal,
  });
  const error: unknown = await banyan.parseAsync([...args], { from: "user" }).catch((e: unknown) => e);
  if (!(error instanceof CommanderError)) throw error;
  const { code, detail } = usageError(error);
  return `${code} ${detail}`;
}

test.each([
  [["climb"], "Unknown command 'climb'."],
  [["statu"], "Unknown command 'statu' (Did you mean status?)"],
  [["next"], "Missing required argument 'capability'."],
  [
    ["plan", "catalog", "more"],
    "Too many arguments for 'plan'. Expected 1 argument but got 2: catalog, more.",
  ],
  [["up", "--colour"], "Unknown option '--colour'."],
  [
    ["up", "--plant", "weeds"],
    "Option '--plant <fault>' argument 'weeds' is invalid. Allowed choices are none, slow-tail, n-plus-one, errors, wrong-price.",
  ],
  [["up", "--port-base", "x"], "--port-base must be a whole number from 1024 to 65517, not `x`."],
  [["up", "--port-base", "80"], "--port-base must be a whole number from 1024 to 65517, not `80`."],
  [["rollback", "catalog", "--to", "300"], "--to must be a whole number from 0 to 100, not `300`."],
  [["status", "--for", "soon"], "--for must be a time from 100ms to 1d, such as 10s or 2m, not `soon`."],
  [["compare", "--a", "x"], "Required option '--b <url>' not specified."],
])("%j is refused in a sentence with a code", async (args, sentence) => {
  expect(await refusal(...args)).toBe(`BYN-CLI-002 ${sentence}`);
});

test("its help shows no default that means nothing to a person", () => {
  const banyan = program({
    root: "/nowhere",
    environment: {},
    screen: createScreen(true),
    signal: new AbortController().signal,
  });
  const help = banyan.commands.map((command) => command.helpInformation()).join("\n");
  expect(help).not.toContain("(default: [])");
  expect(help).not.toContain("(default: 5000)");
});
