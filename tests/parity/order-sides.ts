import { createServer, type RequestListener, request as send } from "node:http";
import { openCards, openOrdersSide } from "@banyan/orders/orders.fixture.ts";
import { createOrdersDatabase } from "@banyan/orders/orders-database.fixture.ts";
import { openRestOfShop } from "@banyan/orders/rest-of-shop.fixture.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { SHOP_SIDES, type ShopSide } from "./shop-sides.ts";

export interface OrderSide {
  readonly name: string;
  /** Do its orders have owners? Only then there are keys, and failed orders with an id. */
  readonly owned: boolean;
  open(adminUrl: string): Promise<ShopSide>;
}

/** Each suite of orders runs over each of these. The monolith's as it was before orders had owners is the first. */
export const ORDER_SIDES: readonly OrderSide[] = [
  ...SHOP_SIDES.map((side) => ({ ...side, owned: false })),
  { name: "extracted", owned: true, open: openExtracted },
];

/** The extracted orders, owning every slot, and a stand-in for the rest of the shop: as one shop, as the proxy shows it. */
async function openExtracted(adminUrl: string): Promise<ShopSide> {
  const database = await createOrdersDatabase(adminUrl, true);
  const cards = await openCards(adminUrl);
  const rest = await openRestOfShop();
  const orders = await openOrdersSide({ pool: database.pool, rest, cards });
  const front = createServer(sent((path) => (path.startsWith("/api/orders") ? orders.url : rest.url)));
  return {
    origin: `http://127.0.0.1:${await listen(front, 0)}`,
    admin: await rest.signIn(undefined, "admin"),
    stop: async () => {
      await close(front, 100);
      await Promise.all([orders.stop(), rest.stop()]);
      await cards.stop();
      await database.remove();
    },
  };
}

/** Sends each request on to where its path belongs, as it is. */
function sent(originOf: (path: string) => string): RequestListener {
  return (request, response) => {
    const { method, url = "/", headers } = request;
    const { hostname, port } = new URL(originOf(url));
    const onward = send({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  };
}
