import { acknowledged } from "../journal.ts";
import type { Fault } from "./fault.ts";

const [FROM, TO] = [30, 60];
/** Acknowledged while there is no broker. */
const WRITES = 10;

/** No broker: people write, and slots move, by the outboxes alone (design §5.7). */
export const stopBroker: Fault = {
  name: "stop the broker",
  inject: async ({ broker, mover, journal }) => {
    if (broker === undefined) throw new Error("there is no broker");
    const moving = await mover.take();
    const heal = async () => {
      await broker.start();
      moving.end();
    };
    try {
      await moving.move("orders", FROM);
      await broker.stop();
      const before = acknowledged(journal);
      await moving.move("orders", TO);
      return {
        what: `without a broker the slots of orders went from ${FROM} to ${TO} %, and people wrote`,
        seen: async () => acknowledged(journal) >= before + WRITES,
        heal,
      };
    } catch (error) {
      await heal();
      throw error;
    }
  },
};
