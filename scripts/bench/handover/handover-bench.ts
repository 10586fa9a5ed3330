import type { Bundle } from "@banyan/evidence/bundle/bundle.ts";
import { readMachineCpu } from "../machine-cpu.ts";
import { cpuSeconds } from "./cpu.ts";
import { commitsAreDurable, flushMs } from "./flush.ts";
import { benchMoves } from "./move-bench.ts";
import {
  type MoveReading,
  type MoveRow,
  moveRowsOf,
  type WriteReading,
  type WriteRow,
  writeRowsOf,
} from "./results.ts";
import type { Server } from "./sides.ts";
import { benchWrites } from "./write-bench.ts";

/** How long and how much. */
export interface HandoverPlan {
  readonly rounds: number;
  readonly seed: string;
  readonly warmUpMs: number;
  /** Of one load at one arm. */
  readonly writeMs: number;
  /** Handovers of each kind in a round. */
  readonly handovers: number;
  /** Between two writes of one customer, while slots move. */
  readonly thinkMs: number;
}

/** About three minutes with six rounds. */
export const HANDOVER_PLAN: HandoverPlan = {
  rounds: 6,
  seed: "banyan",
  warmUpMs: 250,
  writeMs: 1_500,
  handovers: 20,
  thinkMs: 50,
};

export interface HandoverIo {
  readonly server: Server;
  readonly signal: AbortSignal;
  readonly progress: (label: string, ratio: number) => void;
}

export interface HandoverMeasured {
  readonly writes: readonly WriteRow[];
  readonly moves: readonly MoveRow[];
  readonly readings: { readonly writes: readonly WriteReading[]; readonly moves: readonly MoveReading[] };
  /** What `fdatasync` takes on this machine's disk: the floor of a durable write by one writer. */
  readonly flushMs: number;
  readonly doubts: readonly string[];
}

export interface HandoverResult extends HandoverPlan, HandoverMeasured {
  readonly machine: Bundle["machine"];
  readonly commit: Bundle["commit"];
  /** ISO 8601. */
  readonly date: string;
}

const OTHERS_BUSY = 0.1;

/**
 * What the guard costs a write, then how quickly slots change hands.
 * @throws BYN-CLI-018 when a handover lost or doubled a write, or took too long: a fast wrong one is no result
 */
export async function benchHandover(plan: HandoverPlan, io: HandoverIo): Promise<HandoverMeasured> {
  const { server } = io;
  const flush = await flushMs();
  const durable = await commitsAreDurable(server.url);
  const before = { machine: readMachineCpu(), bench: cpuSeconds(server.pid) };
  const writes = await benchWrites(plan, io);
  const moves = await benchMoves(plan, io);
  const machine = readMachineCpu();
  const ownS = cpuSeconds(server.pid) - before.bench;
  const othersS = Math.max(0, machine.busyS - before.machine.busyS - ownS);
  return {
    writes: writeRowsOf(writes),
    moves: moveRowsOf(moves),
    readings: { writes, moves },
    flushMs: flush,
    doubts: doubtsOf(othersS / (machine.totalS - before.machine.totalS), durable),
  };
}

/** What makes the figures less than they seem, in words; nothing is a clean run. */
function doubtsOf(othersRatio: number, durable: boolean): string[] {
  const doubts: string[] = [];
  if (!durable)
    doubts.push("The server answers commits before they are on the disk: writes cost less than in life.");
  if (othersRatio > OTHERS_BUSY) {
    const percent = Math.round(othersRatio * 100);
    doubts.push(`Other processes took ${percent} % of the machine meanwhile: do it again when it is quiet.`);
  }
  return doubts;
}
