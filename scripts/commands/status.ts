import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import pc from "picocolors";
import { type NotLive, notLive, notLiveWords } from "../gate/depends-on.ts";
import { noteHandMade } from "../gate/hand-made.ts";
import { unfilledUnderTraffic, unfilledWords } from "../gate/unfilled.ts";
import { awayOf, awayWords } from "../stack/away.ts";
import { listProcesses, type ProcessStatus } from "../stack/process.ts";
import { readStackState } from "../stack/state.ts";
import { EXIT } from "../terminal/exit-code.ts";
import {
  type BareContext,
  bareContext,
  type CommandContext,
  type StackContext,
  withSettings,
} from "./context.ts";
import { showAddresses } from "./stack.ts";
import { type CapabilityStatus, capabilityStatus, flagsOf } from "./status/capability.ts";
import {
  type ControllerView,
  controllerView,
  isTroubled,
  owningWords,
  stageOfOwned,
} from "./status/owning.ts";
import { flagWords, stageOf } from "./status/words.ts";

/**
 * Asks everything and changes nothing, but for a note in the ledger of a flag that was moved by hand. It shows what it
 * can: a mistake in `banyan.yaml` is a warning, a process that is away is named (exit code 5).
 */
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
  const context = bareContext(command);
  const { whole, problem } = readFile(context);
  const settings = whole?.settings;
  const away = awayOf(processes, context.state.owned);
  showAddresses(context, context, "Addresses");
  const capabilities: (CapabilityStatus & { readonly missing: readonly NotLive[] })[] = [];
  for (const entry of flagsOf(context, settings)) {
    const status = await capabilityStatus(context, settings, entry);
    await noteHandMade(context, status);
    capabilities.push({ ...status, missing: await missingUnder(whole, status) });
  }
  const controller = context.state.owned ? await controllerView(context) : undefined;
  for (const { missing, ...capability } of capabilities) {
    showCapability(context, capability, controller);
    for (const one of missing)
      screen.warn(`${notLiveWords(capability.capability, one)}: dependsOn is broken`);
  }
  const plant = context.state.plant;
  if (plant !== "none") screen.warn(`a fault is planted in the extracted catalog: ${plant}`);
  if (problem !== undefined) showMistakes(context, problem);
  const words = awayWords(away);
  if (words !== "") {
    screen.bad(words);
    screen.next("npm run banyan -- up", "starts what is away, and leaves alone what runs");
    process.exitCode = EXIT.partMissing;
  }
  const { proxy, admin, monolith, catalog, unleash } = context.addresses;
  screen.result({
    up: true,
    plant,
    addresses: { proxy, admin, monolith, catalog, unleash },
    processes: processes.map(({ name, pid, port, running }) => ({ name, pid, port, running })),
    away,
    problem: problem === undefined ? null : { code: problem.code, mistakes: problem.mistakes },
    controller: controller === undefined ? null : { state: controller.state, halted: controller.halted },
    capabilities: capabilities.map(({ missing, ...status }) => ({
      ...resultOf(status, controller),
      notLive: missing.map(({ needed }) => needed),
    })),
  });
}

function resultOf(status: CapabilityStatus, controller: ControllerView | undefined) {
  const { capability, intent, reading, problem, provedPercentage, unproved, view, lag, owning } = status;
  const own = controller?.capabilities.find((one) => one.capability === capability);
  return {
    capability,
    stage: stageIn(status, controller),
    percentage: intent?.percentage ?? null,
    on: reading?.on ?? null,
    problem: problem ?? null,
    kill: intent?.kill ?? null,
    provedPercentage,
    unproved,
    proxy: view ?? null,
    copy: lag === undefined ? null : { ...lag.states, lagMax: lag.lagMax, stopped: lag.stopped },
    unfilledUnderTraffic: unfilledUnderTraffic(intent?.percentage, lag),
    // Not for a capability that owns nothing.
    ...(owning ? { owning: own ?? null } : {}),
  };
}

function stageIn(
  { capability, intent, lag, owning }: CapabilityStatus,
  controller: ControllerView | undefined,
) {
  const percentage = intent?.percentage ?? 0;
  if (!owning) return stageOf(percentage, lag);
  return stageOfOwned(
    percentage,
    controller?.capabilities.find((one) => one.capability === capability),
  );
}

/** What a flag above 0 % depends on and is not live: only a hand moves a flag so. Not known while `banyan.yaml` has mistakes. */
async function missingUnder(
  whole: StackContext | undefined,
  { capability, intent }: CapabilityStatus,
): Promise<readonly NotLive[]> {
  if (whole === undefined || (intent?.percentage ?? 0) === 0) return [];
  return notLive(whole, capability);
}

function readFile(context: BareContext): {
  readonly whole: StackContext | undefined;
  readonly problem: BanyanError | undefined;
} {
  try {
    return { whole: withSettings(context), problem: undefined };
  } catch (error) {
    if (!(error instanceof BanyanError && error.code.startsWith("BYN-CONFIG-"))) throw error;
    return { whole: undefined, problem: error };
  }
}

function showMistakes({ screen }: BareContext, { code, entry, mistakes }: BanyanError): void {
  screen.warn(`${code} ${entry.title}: banyan.yaml. The stack runs on as it read it before`);
  for (const { place, message } of mistakes) screen.say(`    ${pc.bold(place)}: ${message}`);
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

function showCapability(
  { screen, state }: BareContext,
  status: CapabilityStatus,
  controller: ControllerView | undefined,
): void {
  const { capability, intent, reading, problem, provedPercentage, view, lag, owning } = status;
  if (owning && !state.owned) {
    screen.title(`${capability}: off`);
    screen.say("  has no owners yet: the monolith writes all of it, and there is no flag");
    return;
  }
  const percentage = intent?.percentage;
  screen.title(`${capability}: ${percentage === undefined ? "unknown" : stageIn(status, controller)}`);
  const unproved = status.unproved
    ? pc.yellow(`  unproved: only ${provedPercentage} % has passing evidence`)
    : "";
  screen.say(`  flag        ${flagWords(reading, problem)}${unproved}`);
  screen.say(`  proved      ${provedPercentage} %`);
  if (intent?.kill === true) screen.warn("its kill switch is on: everything goes to the monolith");
  if (view === undefined) screen.bad("  proxy       does not answer");
  else
    screen.say(
      `  proxy       decides by ${view.intent === null ? "nothing" : `${view.intent.percentage} %`} (flags ${view.flags.state})`,
    );
  if (owning) {
    const words = owningWords(capability, controller);
    if (isTroubled(capability, controller)) screen.warn(words);
    else screen.say(`  ${words}`);
  }
  if (lag === undefined) return;
  const { following, empty, filling, quarantined } = lag.states;
  const trouble = quarantined + lag.stopped;
  const words = `${following} slots following, ${empty + filling} not filled, ${quarantined} in quarantine, lag ${lag.lagMax}`;
  screen.say(`  copy        ${trouble > 0 ? pc.red(words) : words}`);
  const unfilled = unfilledUnderTraffic(percentage, lag);
  if (unfilled > 0) screen.bad(unfilledWords(capability, percentage ?? 0, unfilled));
}
