import { Reservation, type ReserveRequest } from "@banyan/contracts/http/reservations.ts";
import { z } from "zod";
import type { Inventory, Reserved } from "../checkout/partners.ts";
import { ask, patient, read, type Service } from "./ask.ts";

const CONFLICT = 409;

/** What of a refusal is read: the code, and how many are left. */
const Refusal = z.object({
  code: z.string(),
  errors: z.array(z.object({ place: z.string(), message: z.string() })).default([]),
});

/** The inventory over HTTP, at whoever owns the SKU: the proxy finds it. */
export function httpInventory(asked: Service): Inventory {
  const service = patient(asked);
  const at = (sku: string, id: string, rest = "") =>
    `/internal/inventory/${encodeURIComponent(sku)}/reservations/${encodeURIComponent(id)}${rest}`;

  const reserve = async (sku: string, id: string, request: ReserveRequest): Promise<Reserved> => {
    const answer = await ask(service, { method: "PUT", path: at(sku, id), body: request }, [CONFLICT]);
    if (answer.status !== CONFLICT) {
      await read(service, answer, Reservation);
      return { kind: "held" };
    }
    const { code, errors } = await read(service, answer, Refusal);
    if (code !== "BYN-SHOP-015") return { kind: "undone" };
    return { kind: "short", left: Number(/\d+/.exec(errors[0]?.message ?? "")?.[0] ?? 0) };
  };

  return {
    reserve,
    confirm: async (sku, id) => {
      const answer = await ask(service, { method: "PUT", path: at(sku, id, "/confirmation") }, [CONFLICT]);
      if (answer.status === CONFLICT) {
        await answer.body?.cancel();
        return "gone";
      }
      await read(service, answer, Reservation);
      return "confirmed";
    },
    release: async (sku, id) => {
      const answer = await ask(service, { method: "PUT", path: at(sku, id, "/release") }, []);
      const { state } = await read(service, answer, Reservation);
      return state === "confirmed" ? "confirmed" : "released";
    },
    giveBack: async (sku, id, quantity) => {
      const back = { method: "PUT", path: at(sku, id, "/return"), body: { quantity } } as const;
      await read(service, await ask(service, back, []), Reservation);
    },
  };
}
