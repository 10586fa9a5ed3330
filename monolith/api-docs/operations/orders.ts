import { IDEMPOTENCY_KEY, IdempotencyKey } from "@banyan/contracts/http/idempotency.ts";
import { CheckoutRequest, Order, OrderId, OrderPage, OrderQuery } from "@banyan/contracts/http/orders.ts";
import { z } from "zod";
import type { OperationGroup } from "../operation.ts";

const params = { id: OrderId };

export const ORDER_OPERATIONS: OperationGroup = {
  name: "Orders",
  description: "An order is shown to its customer and to admins; for everyone else it is not there.",
  operations: [
    {
      method: "post",
      path: "/api/orders",
      id: "checkOut",
      summary: "Order and pay what is in the cart",
      description:
        "`expect` is the total that the customer saw: if it has changed meanwhile, nothing is ordered. Of two checkouts of one customer at once the second is refused, with `Retry-After` where it is worth another try. With `CHECKOUT=transaction` there is no key, no 202, and the mail is sent before the answer.",
      who: "customer",
      headers: {
        [IDEMPOTENCY_KEY]: {
          schema: IdempotencyKey,
          description:
            "Ignored while the shop checks out in one transaction, as in 2015 (`CHECKOUT=transaction`): a repeat is another order then. With sagas, from `03-orders` on: the client's choice, a UUID for one; the same request under the same key is the same order and the same answer, whoever answers it.",
        },
      },
      body: { schema: CheckoutRequest },
      answer: {
        status: 201,
        description: "The order; the card is charged and the cart is empty.",
        body: Order,
        headers: { location: "The order's path." },
      },
      otherwise: {
        status: 202,
        description: "The order is still being paid, and is finished by itself: look there.",
        body: Order,
        headers: { location: "The order's path.", "retry-after": "Seconds." },
      },
      problems: [
        "BYN-DATA-021",
        "BYN-SHOP-012",
        "BYN-SHOP-013",
        "BYN-SHOP-014",
        "BYN-SHOP-015",
        "BYN-SHOP-016",
        "BYN-SHOP-017",
        "BYN-SHOP-028",
        "BYN-SHOP-029",
        "BYN-SHOP-031",
        "BYN-SHOP-032",
      ],
    },
    {
      method: "get",
      path: "/api/orders",
      id: "listOrders",
      summary: "One's own orders, the newest first",
      description: "Without those that failed: they never became orders.",
      who: "customer",
      query: OrderQuery,
      answer: { status: 200, description: "A page of orders.", body: OrderPage },
    },
    {
      method: "get",
      path: "/api/orders/:id",
      id: "showOrder",
      summary: "One order",
      description: "Also one that failed: its `failure` says why.",
      who: "customer",
      params,
      answer: { status: 200, description: "The order.", body: Order },
      problems: ["BYN-SHOP-003"],
    },
    {
      method: "post",
      path: "/api/orders/:id/cancel",
      id: "cancelOrder",
      summary: "Cancel an order",
      description:
        "The money goes back to the card and the goods into stock. What was begun (`cancelling`) is finished by itself, or when it is asked for again.",
      who: "customer",
      params,
      body: { schema: z.strictObject({}), optional: true },
      answer: { status: 200, description: "The cancelled order.", body: Order },
      problems: ["BYN-SHOP-003", "BYN-SHOP-017", "BYN-SHOP-018", "BYN-SHOP-032"],
    },
    {
      method: "get",
      path: "/api/orders/:id/invoice",
      id: "showInvoice",
      summary: "An order's invoice",
      who: "customer",
      params,
      answer: { status: 200, description: "The invoice.", body: { mediaType: "application/pdf" } },
      problems: ["BYN-SHOP-003", "BYN-SHOP-032", "BYN-SHOP-034"],
    },
  ],
};
