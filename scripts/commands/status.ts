import type { Lag } from "@banyan/platform/log/lag.ts";
import pc from "picocolors";
import { catalogLag } from "../capabilities/catalog.ts";
import { type ProxyView, proxyView } from "../gate/arrival.ts";
import { noteHandMade } from "../gate/hand-made.ts";
import { type Standing, standingOf } from "../gate/standing.ts";
import { listProcesses, type ProcessStatus } from "../stack/process.ts";
import { readStackState } from "../stack/state.ts";
import { type CommandContext, type StackContext, stackContext } from "./context.ts";

interface CapabilityStatus {
  readonly standing: Standing;
  readonly view: ProxyView | undefined;
  readonly lag: Lag | undefined;
}

/** Asks everything and changes nothing, but for a note in the ledger of a flag that was moved by hand. */
export async function statusCommand(command: CommandContext): Promise<void> {
  const { places, screen } = command;
  const processes = await listProcesses(places.home);
  showProcesses(command, processes);
  if (readStackState(places.stack) === undefined) {
    screen.say("nothing is up");
    screen.next("npm run banyan -- up");
    screen.result({ up: false, processes: [], capabilities: [] });
    return;
  }
  const context = await stackContext(command);
  const capabilities: CapabilityStatus[] = [];
  for (const name of Object.keys(context.settings.capabilities)) {
    const standing = await standingOf(context, name);
    await noteHandMade(context, standing);
    const lag = name === "catalog" ? await catalogLag(context.addresses).catch(() => undefined) : undefined;
    capabilities.push({ standing, view: await proxyView(context, name), lag });
  }
  for (const capability of capabilities) showCapability(context, capability);
  const plant = context.state.plant;
  if (plant !== "none") screen.warn(`a fault is planted in the extracted catalog: ${plant}`);
  screen.result({
    up: true,
    plant,
    processes: processes.map(({ name, pid, port, running }) => ({ name, pid, port, running })),
    capabilities: capabilities.map(({ standing: { capability, plan, state }, view, lag }) => ({
      capability,
      stage: stageOf(state.intent?.percentage ?? 0, lag),
      percentage: state.intent?.percentage ?? null,
      kill: state.intent?.kill ?? null,
      provedPercentage: plan.provedPercentage,
      unproved: plan.unproved,
      proxy: view ?? null,
      copy: lag === undefined ? null : { ...lag.states, lagMax: lag.lagMax, stopped: lag.stopped },
    })),
  });
}

/** Derived, never stored; the first that holds (design §3). Nothing here owns writes, so ownership plays no part. */
export function stageOf(percentage: number, lag: Lag | undefined): "live" | "ramp" | "sync" | "off" {
  if (percentage >= 100) return "live";
  if (percentage > 0) return "ramp";
  const touched = lag !== undefined && lag.states.following + lag.states.filling + lag.states.quarantined > 0;
  return touched ? "sync" : "off";
}

function showProcesses({ screen }: CommandContext, processes: readonly ProcessStatus[]): void {
  if (processes.length === 0) return;
  screen.title("Processes");
  screen.table(
    ["", "process", "port", "pid", "since"],
    processes.map(({ name, running, port, pid, startedAt }) => [
      running ? pc.green("●") : pc.red("○"),
      name,
      String(port ?? ""),
      running ? String(pid) : "ended",
      startedAt.slice(0, 19).replace("T", " "),
    ]),
  );
}

function showCapability({ screen }: StackContext, { standing, view, lag }: CapabilityStatus): void {
  const { capability, plan, state } = standing;
  const percentage = state.intent?.percentage;
  screen.title(`${capability}: ${stageOf(percentage ?? 0, lag)}`);
  const intent = percentage === undefined ? "unknown" : `${percentage} %`;
  const unproved = plan.unproved
    ? pc.yellow(`  unproved: only ${plan.provedPercentage} % has passing evidence`)
    : "";
  screen.say(`  flag        ${intent}${unproved}`);
  screen.say(`  proved      ${plan.provedPercentage} %`);
  if (state.intent?.kill === true) screen.warn("its kill switch is on: everything goes to the monolith");
  if (view === undefined) screen.bad("  proxy       does not answer");
  else
    screen.say(
      `  proxy       decides by ${view.intent === null ? "nothing" : `${view.intent.percentage} %`} (flags ${view.flags.state})`,
    );
  if (lag === undefined) return;
  const { following, empty, filling, quarantined } = lag.states;
  const trouble = quarantined + lag.stopped;
  const words = `${following} slots following, ${empty + filling} not filled, ${quarantined} in quarantine, lag ${lag.lagMax}`;
  screen.say(`  copy        ${trouble > 0 ? pc.red(words) : words}`);
}
