import { randomBytes, randomInt } from "node:crypto";
import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";
import { runDigestOf } from "@banyan/evidence/bundle/run-digest.ts";
import { sealedConfiguration } from "@banyan/evidence/bundle/sealed-configuration.ts";
import type { Protocol } from "@banyan/evidence/duet/protocol.ts";
import { evidenceEntry } from "@banyan/evidence/ledger/evidence-entry.ts";
import { runDuet } from "@banyan/loadtests/runner/duet.ts";
import { checkOptions, type DuetOptions } from "@banyan/loadtests/runner/options.ts";
import { openTarget } from "@banyan/loadtests/runner/target.ts";
import { openBundle } from "@banyan/platform/records/bundle-folder.ts";
import { appendToLedger } from "@banyan/platform/records/ledger-file.ts";
import type { CommandContext } from "../commands/context.ts";
import { readCommit } from "./commit.ts";
import { comparedWith, type LoadExpectation } from "./gathered.ts";
import { loadLock } from "./load.ts";
import { readMachine } from "./machine.ts";
import { k6Of } from "./prove.ts";
import { showRun } from "./run-progress.ts";

export interface ObserveOptions {
  readonly a: { readonly name: string; readonly url: string };
  readonly b: { readonly name: string; readonly url: string };
  readonly corpus: DuetOptions["corpus"];
  readonly protocol: Protocol;
  readonly ratePerSecond: number;
  readonly allowedHosts: readonly string[];
  readonly expectations: readonly LoadExpectation[];
  /** What the comparison was of, in text: it stands in the bundle, its hash too. */
  readonly configuration: string;
  /** Secrets of this install, where there is one: kept out of the bundle. */
  readonly secrets: readonly string[];
  /** Read right after the load, while both arms still run. */
  readonly figures?: () => Promise<Bundle["figures"]>;
}

/** A plain comparison of two web servers: a bundle of no step, in the ledger, that opens no gate. */
export async function observe(
  context: CommandContext,
  options: ObserveOptions,
): Promise<Bundle & { readonly load: NonNullable<Bundle["load"]> }> {
  const { places, screen, signal } = context;
  const { a, b, protocol } = options;
  const run = {
    a: { url: a.url, headers: {} },
    b: { url: b.url, headers: {} },
    corpus: options.corpus,
    ignores: [],
    ratePerSecond: options.ratePerSecond,
    protocol,
    seed: randomInt(2 ** 31),
    allowedHosts: options.allowedHosts,
  };
  // Before k6 is fetched and before the machine's load lock is waited for: a mistake should cost nothing.
  checkOptions(run);
  for (const { url } of [a, b]) await openTarget(url, options.allowedHosts);
  const k6 = await k6Of(context);
  const startedAt = new Date().toISOString();
  const open = await openBundle(places.evidence, {
    nowMs: Date.now(),
    random: randomBytes(16),
    secrets: options.secrets,
  });
  try {
    const result = await runDuet(
      {
        ...run,
        signal,
        onProgress: showRun(screen),
      },
      {
        k6Path: k6.path,
        folder: open.folder,
        takeLoadLock: loadLock(screen, `comparing ${a.name} and ${b.name}`),
      },
    );
    const { verdict, observation } = result;
    const load = {
      protocol,
      plan: observation.plan,
      arms: { a: a.name, b: b.name },
      verdict,
      digest: runDigestOf(observation, observation.plan.warmUpMs + verdict.measuredMs),
    };
    const more = (await options.figures?.()) ?? [];
    const sealed = await open.seal({
      kind: "compare",
      step: null,
      attempt: 1,
      commit: await readCommit(places.root),
      configuration: sealedConfiguration(options.configuration, options.secrets),
      flags: { source: "none", values: {} },
      machine: readMachine(k6.version),
      verdict: verdict.verdict,
      reasons: verdict.reasons,
      expected: comparedWith(options.expectations, load),
      figures: [
        { name: "requests in the corpus", value: String(result.corpus.requests.length), ok: null },
        ...more,
      ],
      load,
      startedAt,
      endedAt: new Date().toISOString(),
    });
    await appendToLedger(places.ledger, evidenceEntry(sealed.bundle, new Date().toISOString()));
    return { ...sealed.bundle, load };
  } catch (error) {
    await open.discard();
    throw error;
  }
}
