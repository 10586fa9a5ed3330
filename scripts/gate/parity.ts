import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Side } from "@banyan/contracts/http/headers.ts";
import type { Step } from "@banyan/evidence/gate/step.ts";
import { runParity } from "@banyan/loadtests/runner/parity.ts";
import { openAsker, openTarget } from "@banyan/loadtests/runner/target.ts";
import type { CapabilitySettings } from "@banyan/platform/settings/settings.ts";
import type { StackContext } from "../commands/context.ts";
import { corpusOf } from "./capability-parts.ts";
import { asExpectedOf, type Gathered } from "./gathered.ts";
import { overrideHeaders } from "./load.ts";

export interface ParityEvidenceOptions {
  readonly step: Step;
  readonly settings: CapabilitySettings;
  readonly folder: string;
  readonly seed: number;
}

/** Fewer compared requests than this prove nothing, except where a capability has fewer routes than that. */
const MIN_REQUESTS = 200;

/** Replays the corpus once to both sides through the proxy; every difference counts. */
export async function gatherParity(context: StackContext, options: ParityEvidenceOptions): Promise<Gathered> {
  const { screen, signal, addresses } = context;
  const { step, settings, folder, seed } = options;
  const target = await openTarget(addresses.proxy, []);
  const askerOf = (side: Side) => openAsker(target, overrideHeaders(context, step.capability, side));
  const [a, b] = [askerOf("monolith"), askerOf("extracted")];
  try {
    const given = corpusOf(context.places.root, step.capability, settings, seed);
    const corpus = typeof given === "function" ? await given(a.ask) : given;
    const result = await runParity(
      corpus,
      { a: a.ask, b: b.ask },
      {
        ignores: [],
        minRequests: Math.min(MIN_REQUESTS, corpus.length),
        signal,
        onProgress: (done, of) =>
          screen.progress("parity: the same requests to both sides", done / of, `${done} of ${of}`),
      },
    );
    await writeFile(join(folder, "parity.json"), `${JSON.stringify(result, null, 2)}\n`, { flag: "wx" });
    return {
      verdict: result.verdict,
      reasons: result.reasons,
      expected: [
        {
          what: "answers that differ",
          expected: "0",
          measured: String(result.differences),
          asExpected: asExpectedOf(result.verdict),
        },
      ],
      figures: [
        { name: "requests compared", value: String(result.compared), ok: null },
        { name: "differences", value: String(result.differences), ok: result.differences === 0 },
        ...result.shown.slice(0, 5).map(({ path, fields }) => ({
          name: path.slice(0, 200),
          value: fields
            .map(({ place, left, right }) => `${place}: ${left} → ${right}`)
            .join("; ")
            .slice(0, 500),
          ok: false,
        })),
      ],
      load: null,
    };
  } finally {
    a.close();
    b.close();
  }
}
