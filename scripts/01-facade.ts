// 01 — Façade: the proxy stands in front of everything, and nothing has moved.
//
// The first change is the smallest one: all traffic goes through the proxy, all of it to the monolith. What does that
// cost? Direct and proxied are compared in the same seconds, in milliseconds: a share of a fast answer would say
// nothing. Only when the cost is within its margin does the ladder begin. From here on the storefront's own pages ask
// for their data through the proxy too, so that they will move with their capabilities.
import type { StackContext } from "./commands/context.ts";
import { expectAtMost } from "./gate/gathered.ts";
import { runScript } from "./lesson/script.ts";
import { isTaken, proveAndTake } from "./lesson/steps.ts";
import { pagesThroughProxy } from "./lesson/storefront.ts";

const EXPECTED = [
  expectAtMost("p50", 2, "the proxy costs the typical request little"),
  expectAtMost("p95", 5, "and the slow one not much more"),
];

export async function facade(context: StackContext): Promise<void> {
  const { screen } = context;
  screen.title("01 — Façade: what does the proxy cost?");
  if (await isTaken(context, "catalog", "facade", 0)) screen.good("taken already");
  else {
    screen.say("  Expected before measuring:");
    for (const { what, expected } of EXPECTED) screen.say(`  · ${what}: ${expected}`);
    await proveAndTake(context, "catalog", EXPECTED);
  }
  await pagesThroughProxy(context);
  screen.good("the storefront's pages ask for their data through the proxy");
  screen.next("npm run 02-catalog", "move the catalog, rung by rung");
}

if (process.argv[1] === import.meta.filename) await runScript(facade);
