import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { UnleashAdmin } from "@banyan/platform/flags/unleash-admin.ts";
import { waitFor } from "../stack/condition.ts";
import type { Dice } from "./dice.ts";
import { pause } from "./pause.ts";
import { CAPABILITIES, type Capability, type Sides, standsAt } from "./sides.ts";

export interface MoverOptions {
  readonly admin: UnleashAdmin;
  readonly sides: Sides;
  readonly dice: Dice;
  readonly signal: AbortSignal;
}

/** Moves flags for a while, alone. */
export interface Moving {
  /** Says where the slots should be. */
  aim(capability: Capability, percentage: number): Promise<void>;
  /** The same, and waits until they are there. @throws BYN-CLI-042 */
  move(capability: Capability, percentage: number): Promise<void>;
  /** Gives the flags back. */
  end(): void;
}

const RUNGS = [0, 10, 30, 50, 70, 100];
/** A bound for what hangs, not for how fast it is: a database that is killed, or a core that others use, takes its time. */
const HANG_MS = 120_000;

/** Moves the slots of orders and stock up and down, now these, now those, until it is stopped. */
export class Mover {
  readonly #options: MoverOptions;
  readonly #at = new Map<Capability, number>(CAPABILITIES.map((capability) => [capability, 0]));
  #turn: Promise<void> = Promise.resolve();
  #wanted = 0;
  #stopping = false;
  #arrivals = 0;
  #loop: Promise<void> | undefined;

  constructor(options: MoverOptions) {
    this.#options = options;
  }

  /** Rungs that were reached. */
  get arrivals(): number {
    return this.#arrivals;
  }

  start(): void {
    this.#loop = this.#run();
    // Thrown again by `stop`; until then it is nobody's.
    this.#loop.catch(() => {});
  }

  /** Waits for the flags, and keeps them until `end`. */
  async take(): Promise<Moving> {
    this.#wanted += 1;
    const before = this.#turn;
    let end = () => {};
    this.#turn = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    this.#wanted -= 1;
    return {
      aim: (capability, percentage) => this.#aim(capability, percentage),
      move: async (capability, percentage) => {
        await this.#aim(capability, percentage);
        if (await this.#arrive(capability, percentage, () => false)) return;
        throw new BanyanError(
          "BYN-CLI-042",
          `${capability} was set to ${percentage} %, and not every slot is there after ${HANG_MS / 1_000} s`,
        );
      },
      end,
    };
  }

  /** @throws what its moves threw */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { dice, signal } = this.#options;
    while (!this.#stopping && !signal.aborted) {
      const moving = await this.take();
      try {
        const capability = dice.pick(CAPABILITIES);
        const percentage = dice.pick(RUNGS.filter((rung) => rung !== this.#at.get(capability)));
        await this.#aim(capability, percentage);
        // Whoever wants the flags gets them at once, in the middle of a move too.
        if (await this.#arrive(capability, percentage, () => this.#stopping || this.#wanted > 0))
          this.#arrivals += 1;
      } finally {
        moving.end();
      }
      await pause(dice.upTo(500));
    }
  }

  async #aim(capability: Capability, percentage: number): Promise<void> {
    const { admin, signal } = this.#options;
    let cause: unknown;
    const set = async () => {
      try {
        await admin.setPercentage(capability, percentage);
        return true;
      } catch (error) {
        cause = error; // its database may just be away
        return false;
      }
    };
    if (!(await waitFor(set, { withinMs: HANG_MS, everyMs: 250, signal }))) throw cause;
    this.#at.set(capability, percentage);
  }

  /** False when `leave` said so, or it did not come in time. */
  async #arrive(capability: Capability, percentage: number, leave: () => boolean): Promise<boolean> {
    const { sides, signal } = this.#options;
    let arrived = false;
    const over = async () => {
      arrived = await standsAt(sides[capability], capability, percentage);
      return arrived || leave();
    };
    await waitFor(over, { withinMs: HANG_MS, everyMs: 100, signal });
    return arrived;
  }
}
