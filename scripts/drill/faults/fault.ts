import type { Broker } from "../broker.ts";
import type { Dice } from "../dice.ts";
import type { Journal } from "../journal.ts";
import type { Mover } from "../mover.ts";
import type { Sides } from "../sides.ts";
import type { Stage } from "../stage.ts";
import type { Tally } from "../tally.ts";

/** What a fault may touch. */
export interface Ground {
  readonly stage: Stage;
  readonly mover: Mover;
  readonly sides: Sides;
  readonly tally: Tally;
  readonly journal: Journal;
  /** Undefined where the log is the embedded one. */
  readonly broker: Broker | undefined;
  readonly signal: AbortSignal;
}

/** A fault that is at work. */
export interface AtWork {
  /** What was done, in words. */
  readonly what: string;
  /** True once it was seen to act. Asked again and again. */
  seen(): Promise<boolean>;
  /** Mends what does not mend itself. Always called. */
  heal(): Promise<void>;
}

export interface Fault {
  readonly name: string;
  /** All its choices come from the dice. */
  inject(ground: Ground, dice: Dice): Promise<AtWork>;
}
