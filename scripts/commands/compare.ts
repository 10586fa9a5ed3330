import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { LONG, QUICK } from "@banyan/evidence/duet/protocol.ts";
import { FRONT_PAGE, readRequests } from "@banyan/loadtests/corpus/requests-file.ts";
import { observe } from "../gate/observe.ts";
import { showMeasures, showVerdict } from "../terminal/measures.ts";
import type { CommandContext } from "./context.ts";
import { makeReport } from "./report.ts";

export interface CompareOptions {
  readonly a: string;
  readonly b: string;
  readonly requests?: string;
  readonly allowHost?: readonly string[];
  readonly rate: number;
  readonly protocol: "quick" | "long";
}

/** Any two web servers: is b no worse than a? Exit code 0 pass, 3 fail, 4 inconclusive; the bundle stands in the ledger. */
export async function compareCommand(context: CommandContext, options: CompareOptions): Promise<void> {
  const { screen } = context;
  const { a, b, requests } = options;
  const corpus = requests === undefined ? FRONT_PAGE : readRequests(requests);
  screen.title(`Is ${b} no worse than ${a}?`);
  const { load, id } = await observe(context, {
    a: { name: a, url: a },
    b: { name: b, url: b },
    corpus,
    protocol: options.protocol === "long" ? LONG : QUICK,
    ratePerSecond: options.rate,
    allowedHosts: options.allowHost ?? [],
    expectations: [],
    configuration: corpus.map(({ path, weight }) => `GET ${path} ${weight}`).join("\n"),
    secrets: [],
  });
  const { verdict, reasons, measures, errors } = load.verdict;
  showVerdict(screen, load.verdict);
  showMeasures(screen, load.verdict);
  const { path } = await makeReport(context);
  screen.say(`  report: ${path}`);
  screen.result({ verdict, reasons, measures, errors, bundle: id });
  if (verdict !== "pass")
    throw new BanyanError(verdict === "fail" ? "BYN-CLI-013" : "BYN-CLI-014", reasons[0] ?? verdict);
}
