import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSettings } from "@banyan/platform/settings/settings.ts";
import { expect, it } from "vitest";
import { sidedRoutes } from "./sided-routes.ts";

const ROOT = join(import.meta.dirname, "..", "..");

it("names the catalog's routes as the journey names what it asks for, so that its sides are looked at", () => {
  const variables = { UNLEASH_BACKEND_TOKEN: "t" };
  const settings = readSettings(readFileSync(join(ROOT, "banyan.yaml"), "utf8"), variables);
  const walk = readFileSync(join(ROOT, "loadtests", "journey", "walk.ts"), "utf8");
  const routes = sidedRoutes(settings.capabilities.catalog?.routes ?? []);
  // A route of GET takes HEAD too, which no customer of a journey asks.
  const asked = routes.filter((route) => route.startsWith("GET "));
  expect(asked).toHaveLength(settings.capabilities.catalog?.routes.length ?? 0);
  for (const route of asked) expect(walk).toContain(`"${route}"`);
});
