import { resolve } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { CorpusRequest } from "@banyan/loadtests/corpus/request.ts";
import { readRequests } from "@banyan/loadtests/corpus/requests-file.ts";
import type { DuetOptions } from "@banyan/loadtests/runner/options.ts";
import type { CapabilitySettings } from "@banyan/platform/settings/settings.ts";
import { demoCatalogCorpus } from "../capabilities/catalog.ts";

/** The requests that a capability is measured with: its `requests` file, the demo's own, or its plain routes. */
export function corpusOf(
  root: string,
  capability: string,
  settings: CapabilitySettings,
  seed: number,
): DuetOptions["corpus"] {
  if (settings.requests !== undefined) return readRequests(resolve(root, settings.requests));
  if (isDemoCatalog(capability, settings)) return demoCatalogCorpus(seed);
  return plainRoutes(capability, settings);
}

/** The demo shop's own catalog, of which more is known than `banyan.yaml` says. */
export function isDemoCatalog(capability: string, settings: CapabilitySettings): boolean {
  return capability === "catalog" && settings.requests === undefined && settings.requires.includes("data");
}

/** Routes without parameters ask for themselves; the others can't be guessed. */
function plainRoutes(capability: string, settings: CapabilitySettings): CorpusRequest[] {
  const paths = settings.routes.map(({ pattern }) => pattern.replace(/^[A-Z]+ /, ""));
  const plain = paths.filter((path) => !/[:*]/.test(path));
  if (plain.length === paths.length) return plain.map((path) => ({ path, route: `GET ${path}`, weight: 1 }));
  throw new BanyanError(
    "BYN-CLI-015",
    `${capability} has routes with parameters; name a file of requests for it: \`requests: FILE\` in banyan.yaml`,
  );
}
