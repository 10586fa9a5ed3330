import { randomUUID } from "node:crypto";
import { kill } from "node:process";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { OrderPage } from "@banyan/contracts/http/orders.ts";
import type { StackContext } from "../commands/context.ts";
import { waitFor } from "../stack/condition.ts";
import { listProcesses, startProcess, stopProcess } from "../stack/process.ts";
import type { ServiceContext } from "../stack/services.ts";
import { ordersProcess } from "../stack/services-owned.ts";
import { Buyer, DEMO_CARD } from "./buyer.ts";
import { chargeOf } from "./count-orders.ts";
import { demoCustomers } from "./demo-customers.ts";
import { signedIn } from "./signed-in.ts";

/** Charged, but whoever charges never hears of it: the checkout hangs with its order written. */
const SILENT_CARD = { ...DEMO_CARD, number: "4000000000000341" };
const WITHIN_MS = 60_000;

/**
 * What a proxy must not do: send a POST again that may have taken effect. A checkout is under way, its order is written, and
 * the process that serves it is killed. The proxy refuses to repeat it, with a code; the client, who has the key, sends the
 * same again, and gets the order that there is.
 */
export async function cutAndRetry(context: StackContext): Promise<void> {
  const { screen, addresses, signal, places } = context;
  screen.title("03 — Orders: a POST that is cut after it was sent");
  screen.say(
    "  Expected: the proxy does not repeat it (a code says so); the client's own repeat, under its key, is one order.",
  );
  const { sessions, wares } = await signedIn(addresses.proxy, demoCustomers(9), signal);
  // Not one of those who buy while slots move.
  const session = sessions.at(-1) ?? "";
  const buyer = new Buyer({ url: addresses.proxy, session, requestTimeoutMs: 20_000, tries: 1 });
  await buyer.fillCart(wares[3] ?? "");
  const before = (await ordersOf(buyer)).total;
  const key = randomUUID();
  const cut = buyer.checkOut(SILENT_CARD, key);
  // Written, and charged: all that is left is the answer that never comes.
  const charged = async () => {
    const pending = (await ordersOf(buyer)).items.find(({ status }) => status === "pending");
    return pending !== undefined && (await chargeOf(context, pending.payment.id)) === "charged";
  };
  if (!(await waitFor(charged, { withinMs: WITHIN_MS, everyMs: 20, signal }))) {
    throw new BanyanError("BYN-CLI-044", "the checkout that was to be cut was never seen");
  }
  const own = (await listProcesses(places.home)).find(({ name, running }) => running && name === "orders");
  if (own === undefined) throw new BanyanError("BYN-CLI-005", "not running: orders");
  kill(own.pid, "SIGKILL");
  const refused = await cut;
  if (refused.end === "placed" || refused.code?.startsWith("BYN-PROXY-") !== true) {
    const words = `the cut checkout was answered ${refused.status} ${refused.code ?? "without a code"}, not refused by the proxy`;
    throw new BanyanError("BYN-CLI-044", words);
  }
  screen.good(
    `the process was killed in the middle; the proxy answered ${refused.status} ${refused.code}, and sent nothing again`,
  );
  await restart(context);
  const patient = new Buyer({ url: addresses.proxy, session, requestTimeoutMs: 20_000, tries: 240 });
  const again = await patient.checkOut(SILENT_CARD, key);
  const after = (await ordersOf(buyer)).total;
  const words = `sent again under its key: ${again.status} ${again.end}, order ${again.orderId ?? "none"}; orders before ${before}, after ${after}`;
  if (again.end !== "placed" || after !== before + 1) throw new BanyanError("BYN-CLI-044", words);
  screen.good(words);
}

async function ordersOf(buyer: Buyer): Promise<OrderPage> {
  return OrderPage.parse((await buyer.send("GET", "/api/orders?perPage=5")).body);
}

async function restart(context: StackContext): Promise<void> {
  const { places, signal, state } = context;
  const { ports, plant, checkout, log } = state;
  const service: ServiceContext = { ...context, ports, plant, checkout, log };
  await stopProcess(places.home, "orders");
  await startProcess(places.home, ordersProcess(service), signal);
}
