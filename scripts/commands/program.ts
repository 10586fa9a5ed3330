import { createRequire } from "node:module";
import { Command, InvalidArgumentError, Option } from "commander";
import type { RollbackOptions } from "../gate/rollback.ts";
import type { Environment } from "../parts/tool.ts";
import { LAST_BASE } from "../stack/layout.ts";
import { PLANTS, type Plant } from "../stack/state.ts";
import { readDurationMs } from "../terminal/duration.ts";
import type { Screen } from "../terminal/screen.ts";
import { compareCommand } from "./compare.ts";
import { type CommandContext, commandContext } from "./context.ts";
import { costCommand } from "./cost.ts";
import { doctorCommand } from "./doctor.ts";
import { LEVELS, type LevelName } from "./logs/line.ts";
import { logsCommand } from "./logs.ts";
import { planCommand } from "./plan.ts";
import { reportCommand } from "./report.ts";
import { downCommand, upCommand } from "./stack.ts";
import { statusCommand } from "./status.ts";
import {
  dismissCommand,
  nextCommand,
  proveCommand,
  reconcileCommand,
  rollbackCommand,
  syncCommand,
} from "./step.ts";

const { version: VERSION } = createRequire(import.meta.url)("../../package.json") as { version: string };

export interface ProgramIo {
  readonly root: string;
  readonly environment: Environment;
  readonly screen: Screen;
  readonly signal: AbortSignal;
  /** Told which command begins, and for which capability, before it does. */
  readonly onCommand?: (command: string, capability: string | undefined) => void;
}

/** Every command and its options. What a command does is in the file of its name. */
export function program({ root, environment, screen, signal, onCommand }: ProgramIo): Command {
  const context: CommandContext = commandContext(root, environment, screen, signal);
  const banyan = new Command("banyan")
    .description("Move capabilities off a live monolith, one flag and one verdict at a time.")
    .option("--json", "print data instead of words")
    .option("--verbose", "with an error, print its cause")
    .version(`Banyan ${VERSION}, Node ${process.version}`)
    .exitOverride()
    // What is wrong is said once, with its code, by whoever called this.
    .configureOutput({ outputError: () => undefined })
    .hook("preAction", (_banyan, command) => {
      const [first] = command.registeredArguments;
      onCommand?.(command.name(), first?.name() === "capability" ? command.args[0] : undefined);
    });

  banyan
    .command("up")
    .description("start Postgres, Unleash, the shop, the extracted catalog and the proxy")
    .option("--port-base <n>", "put all ports in a row from here", whole("--port-base", 1_024, LAST_BASE))
    .addOption(
      new Option("--plant <fault>", "plant a fault in the extracted catalog").choices(PLANTS).default("none"),
    )
    .option("--kafka", "put a Kafka of its own between the sides of what owns its data")
    .option("--no-kafka", "take it away again; without either it stays as it was")
    .action((options: { portBase?: number; plant: Plant; kafka?: boolean }) =>
      upCommand(context, { portBase: options.portBase, plant: options.plant, kafka: options.kafka }),
    );
  banyan
    .command("down")
    .description("stop everything; data, secrets and evidence stay")
    .option("--purge", "remove the databases and secrets too; evidence stays", false)
    .action((options: { purge: boolean }) => downCommand(context, options));
  banyan
    .command("status")
    .description("what runs, where each capability stands, how true its copy is")
    .option("--cost", "instead: memory and CPU by process, since its start and now", false)
    .addOption(
      new Option("--for <time>", "with --cost, how long to look: 10s, 1m")
        .argParser(duration("--for"))
        .default(5_000, "5s"),
    )
    .action((options: { cost: boolean; for: number }) =>
      options.cost ? costCommand(context, options.for) : statusCommand(context),
    );
  banyan
    .command("logs [process]")
    .description("what the processes wrote, as one log in the order of time")
    .option("--request-id <id>", "only this request, through the proxy and the sides")
    .option("--follow", "go on as they write, until Ctrl-C", false)
    .option(
      "--since <time>",
      "from then on: 10m, 2h, or 2026-11-22T18:00Z; else the last 200 lines",
      moment("--since"),
    )
    .addOption(new Option("--level <level>", "of this level and above").choices(Object.keys(LEVELS)))
    .action(
      (
        name: string | undefined,
        options: { requestId?: string; follow: boolean; since?: number; level?: LevelName },
      ) => logsCommand(context, name, { ...options, sinceMs: options.since }),
    );
  banyan
    .command("doctor")
    .description("look for every real part this needs, and say what is missing")
    .action(() => doctorCommand(context));
  banyan
    .command("plan <capability>")
    .description("the steps of its ladder and the evidence each needs")
    .action((capability: string) => planCommand(context, capability));
  banyan
    .command("sync <capability>")
    .description("fill its copy from the owner; resumable, moves no traffic")
    .option("--rows-per-second <n>", "go easy on the databases", whole("--rows-per-second", 1, 1_000_000))
    .action((capability: string, options: { rowsPerSecond?: number }) =>
      syncCommand(context, capability, options),
    );
  banyan
    .command("reconcile <capability>")
    .description("compare both sides, slot by slot; what differs is quarantined")
    .option("--explain", "name every slot that is not equal, and why", false)
    .action((capability: string, options: { explain: boolean }) =>
      reconcileCommand(context, capability, options),
    );
  banyan
    .command("dismiss <capability> <slot>")
    .description("let a slot take events again that an impossible one stopped, once you have looked")
    .action((capability: string, slot: string) => dismissCommand(context, capability, slot));
  banyan
    .command("prove <capability>")
    .description("take the evidence that the next step still lacks")
    .action((capability: string) => proveCommand(context, capability));
  banyan
    .command("next <capability>")
    .description("take the next step, if its evidence passed")
    .action((capability: string) => nextCommand(context, capability));
  banyan
    .command("rollback <capability>")
    .description("take its flag back; where data moves with it, if that is safe and nothing depends on it")
    .option("--to <percentage>", "how far back", whole("--to", 0, 100), 0)
    .option("--rehearsal", "only to show that it works: what was proved stays proved", false)
    .option("--why <words>", "for the ledger", "by hand")
    .option(
      "--even-if-unsafe",
      "of a capability that owns data: although some of it can't go back now",
      false,
    )
    .action((capability: string, options: RollbackOptions & { to: number }) =>
      rollbackCommand(context, capability, options),
    );
  banyan
    .command("compare")
    .description("compare any two web servers under load: is b no worse than a?")
    .requiredOption("--a <url>", "the reference")
    .requiredOption("--b <url>", "the candidate")
    .option("--requests <file>", "one `GET /path` a line, with a weight where wanted; else the front page")
    .option("--allow-host <host...>", "hosts besides this machine that load may go to")
    .option("--rate <n>", "requests a second, both together", whole("--rate", 2, 100_000), 200)
    .addOption(
      new Option("--protocol <name>", "how long to look").choices(["quick", "long"]).default("quick"),
    )
    .action((options: Parameters<typeof compareCommand>[1]) => compareCommand(context, options));
  banyan
    .command("report")
    .description("write one HTML file of all evidence, and check the ledger")
    .action(() => reportCommand(context));

  for (const command of banyan.commands)
    command.exitOverride().addHelpText("after", "\nGlobal: --json, --verbose");
  for (const command of banyan.commands) command.option("--json").option("--verbose");
  return banyan;
}

/** Parsers of values: each says what its option must be, as a sentence. */
function whole(option: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(
      `${option} must be a whole number from ${least} to ${most}, not \`${text}\`.`,
    );
  };
}

/** Milliseconds. */
function duration(option: string): (text: string) => number {
  return (text) => {
    const ms = readDurationMs(text);
    if (ms !== undefined && ms >= 100 && ms <= 86_400_000) return ms;
    throw new InvalidArgumentError(
      `${option} must be a time from 100ms to 1d, such as 10s or 2m, not \`${text}\`.`,
    );
  };
}

/** A moment, or how long ago it was; in milliseconds since 1970. */
function moment(option: string): (text: string) => number {
  return (text) => {
    const ago = readDurationMs(text);
    const at = ago === undefined ? (/^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN) : Date.now() - ago;
    if (!Number.isNaN(at)) return at;
    throw new InvalidArgumentError(
      `${option} must be how long ago, such as 10m or 2h, or a moment, such as 2026-11-22T18:00Z, not \`${text}\`.`,
    );
  };
}
