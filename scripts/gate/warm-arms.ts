import type { ArmOptions } from "@banyan/loadtests/runner/options.ts";
import type { ProcessIdentity } from "../stack/process-identity.ts";

/**
 * Which arms a command has warmed already. An arm stays warm as long as every process of the stack is the one that it
 * was then: whichever of them stands behind the arm, a new one has compiled nothing yet.
 */
export class WarmArms {
  readonly #warm = new Set<string>();

  /** Calls `warm` unless this arm has been warmed with these very processes. One that throws has warmed nothing. */
  async once(
    arm: Pick<ArmOptions, "url" | "expectedSide">,
    processes: readonly ProcessIdentity[],
    warm: () => Promise<void>,
  ): Promise<void> {
    const identities = processes.map(({ pid, startTime }) => `${pid}@${startTime}`).sort();
    const key = [arm.url, arm.expectedSide ?? "", ...identities].join(" ");
    if (this.#warm.has(key)) return;
    await warm();
    this.#warm.add(key);
  }
}
