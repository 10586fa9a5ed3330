import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { runDigestOf } from "@banyan/evidence/bundle/run-digest.ts";
import { sealedConfiguration } from "@banyan/evidence/bundle/sealed-configuration.ts";
import { LONG, QUICK } from "@banyan/evidence/duet/protocol.ts";
import { FRONT_PAGE, parseRequests } from "@banyan/loadtests/corpus/requests-file.ts";
import { runDuet } from "@banyan/loadtests/runner/duet.ts";
import { openBundle } from "@banyan/platform/records/bundle-folder.ts";
import { appendToLedger } from "@banyan/platform/records/ledger-file.ts";
import { readCommit } from "../gate/commit.ts";
import { loadLock } from "../gate/load.ts";
import { readMachine } from "../gate/machine.ts";
import { k6Of } from "../gate/prove.ts";
import { showRun } from "../gate/run-progress.ts";
import { showMeasures } from "../terminal/measures.ts";
import type { CommandContext } from "./context.ts";
import { makeReport } from "./report.ts";

export interface CompareOptions {
  readonly a: string;
  readonly b: string;
  readonly requests?: string;
  readonly allowHost: readonly string[];
  readonly rate: number;
  readonly protocol: "quick" | "long";
}

/** Any two web servers: is b no worse than a? Exit code 0 pass, 3 fail, 4 inconclusive; the bundle stands in the ledger. */
export async function compareCommand(context: CommandContext, options: CompareOptions): Promise<void> {
  const { places, environment, screen, signal } = context;
  const corpus =
    options.requests === undefined
      ? FRONT_PAGE
      : parseRequests(readRequests(options.requests), options.requests);
  const k6 = await k6Of(context);
  screen.title(`Is ${options.b} no worse than ${options.a}?`);
  const protocol = options.protocol === "long" ? LONG : QUICK;
  const startedAt = new Date().toISOString();
  const open = await openBundle(places.evidence, { nowMs: Date.now(), random: randomBytes(16), secrets: [] });
  try {
    const result = await runDuet(
      {
        a: { url: options.a, headers: {} },
        b: { url: options.b, headers: {} },
        corpus,
        ignores: [],
        ratePerSecond: options.rate,
        protocol,
        seed: randomInt(2 ** 31),
        allowedHosts: options.allowHost,
        signal,
        onProgress: showRun(screen),
      },
      {
        k6Path: k6.path,
        folder: open.folder,
        takeLoadLock: loadLock(environment, screen, `comparing ${options.a} and ${options.b}`),
      },
    );
    const { verdict, observation } = result;
    const sealed = await open.seal({
      kind: "compare",
      step: null,
      attempt: 1,
      commit: await readCommit(places.root),
      configuration: sealedConfiguration(
        corpus.map(({ path, weight }) => `GET ${path} ${weight}`).join("\n"),
      ),
      flags: { source: "none", values: {} },
      machine: readMachine(k6.version),
      verdict: verdict.verdict,
      reasons: verdict.reasons,
      expected: [],
      figures: [{ name: "requests in the corpus", value: String(result.corpus.requests.length), ok: null }],
      load: {
        protocol,
        plan: observation.plan,
        arms: { a: options.a, b: options.b },
        verdict,
        digest: runDigestOf(observation, observation.plan.duetStartMs + verdict.measuredMs),
      },
      startedAt,
      endedAt: new Date().toISOString(),
    });
    await appendToLedger(places.ledger, {
      at: new Date().toISOString(),
      kind: "evidence",
      body: {
        bundle: { id: sealed.bundle.id, hash: sealed.hash, kind: "compare" },
        key: null,
        verdict: verdict.verdict,
        attempt: 1,
        reason: (verdict.reasons[0] ?? verdict.verdict).slice(0, 2_000),
      },
    });
    showMeasures(screen, verdict);
    const { path } = await makeReport(context);
    screen.say(`  report: ${path}`);
    screen.result({
      verdict: verdict.verdict,
      reasons: verdict.reasons,
      measures: verdict.measures,
      errors: verdict.errors,
      bundle: sealed.bundle.id,
    });
    if (verdict.verdict === "pass") return;
    throw new BanyanError(
      verdict.verdict === "fail" ? "BYN-CLI-013" : "BYN-CLI-014",
      verdict.reasons[0] ?? "",
    );
  } catch (error) {
    await open.discard();
    throw error;
  }
}

function readRequests(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new BanyanError("BYN-CLI-015", `${file} can't be read`, { cause });
  }
}
