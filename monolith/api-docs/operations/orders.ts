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
        "`expect` is the total that the customer saw: if it has changed meanwhile, nothing is ordered. The mail is sent before the answer.",
      who: "customer",
      body: { schema: CheckoutRequest },
      answer: {
        status: 201,
        description: "The order; the card is charged and the cart is empty.",
        body: Order,
        headers: { location: "The order's path." },
      },
      problems: [
        "BYN-SHOP-012",
        "BYN-SHOP-013",
        "BYN-SHOP-014",
        "BYN-SHOP-015",
        "BYN-SHOP-016",
        "BYN-SHOP-017",
      ],
    },
    {
      method: "get",
      path: "/api/orders",
      id: "listOrders",
      summary: "One's own orders, the newest first",
      who: "customer",
      query: OrderQuery,
      answer: { status: 200, description: "A page of orders.", body: OrderPage },
    },
    {
      method: "get",
      path: "/api/orders/:id",
      id: "showOrder",
      summary: "One order",
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
      description: "The money goes back to the card and the goods into stock.",
      who: "customer",
      params,
      body: { schema: z.strictObject({}), optional: true },
      answer: { status: 200, description: "The cancelled order.", body: Order },
      problems: ["BYN-SHOP-003", "BYN-SHOP-017", "BYN-SHOP-018"],
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
