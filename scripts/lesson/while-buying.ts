import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { StackContext } from "../commands/context.ts";
import { startBuyers } from "./buyers.ts";
import type { Counted } from "./count-bought.ts";
import { countOrders } from "./count-orders.ts";

interface Row extends Counted {
  readonly during: string;
}

/** What was counted in this process; the table at the end shows it. */
const rows: Row[] = [];

/**
 * Lets people buy while `work` is done, then counts every order that was acknowledged, and every other one: at both sides,
 * and at the card processor. What is missing or doubled ends the script. @throws BYN-CLI-044, -047 (a copy stays behind)
 */
export async function whileBuying<T>(
  context: StackContext,
  during: string,
  work: () => Promise<T>,
): Promise<T> {
  const { screen } = context;
  const buyers = await startBuyers(context);
  let done: T;
  let bought: Awaited<ReturnType<typeof buyers.stop>>;
  try {
    done = await work();
  } finally {
    bought = await buyers.stop();
  }
  const counted = await countOrders(context, buyers, bought);
  rows.push({ during, ...counted });
  const { placed, lost, wrong, repeats, unknown } = counted;
  const words = `${placed} orders placed meanwhile: ${lost.length} lost, ${wrong.length} doubled or charged wrongly; ${repeats} requests sent again, ${unknown} without an answer`;
  if (lost.length + wrong.length > 0) {
    throw new BanyanError("BYN-CLI-044", `${words}: ${[...lost, ...wrong].slice(0, 3).join("; ")}`);
  }
  screen.good(`expected nothing lost and nothing doubled; measured: ${words}`);
  return done;
}

export function showOrderLadder({ screen }: StackContext): void {
  if (rows.length === 0) return;
  screen.title("What people bought while it moved");
  screen.table(
    ["during", "placed", "refused", "lost", "doubled", "sent again", "median", "slowest"],
    rows.map((row) => [
      row.during,
      String(row.placed),
      String(row.refused),
      String(row.lost.length),
      String(row.wrong.length),
      String(row.repeats),
      `${Math.round(row.medianMs)} ms`,
      `${Math.round(row.slowestMs)} ms`,
    ]),
  );
}
