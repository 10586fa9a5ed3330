import { Cart, CartLineChange, MAX_QUANTITY } from "@banyan/contracts/http/cart.ts";
import { ProductId } from "@banyan/contracts/http/catalog.ts";
import type { OperationGroup } from "../operation.ts";

const path = "/api/cart/lines/:productId";
const params = { productId: ProductId };
const answer = { status: 200, description: "The whole cart as it is now.", body: Cart } as const;

export const CART_OPERATIONS: OperationGroup = {
  name: "Cart",
  description:
    "The cookie `session` names a customer's cart, else the cookie `cart` a visitor's. Signing in or up moves a visitor's cart into the customer's.",
  operations: [
    {
      method: "get",
      path: "/api/cart",
      id: "showCart",
      summary: "Show the cart",
      who: "public",
      answer: { ...answer, description: "The cart; an empty one for whoever has none." },
    },
    {
      method: "put",
      path,
      id: "setCartLine",
      summary: "Put a product into the cart, or change how many",
      who: "public",
      params,
      body: { schema: CartLineChange },
      answer: { ...answer, headers: { "set-cookie": "`cart`, with a visitor's first product." } },
      problems: ["BYN-SHOP-003", "BYN-SHOP-012", "BYN-SHOP-022"],
    },
    {
      method: "post",
      path,
      id: "addToCartLine",
      summary: "Add more of a product to the cart",
      description: `Up to ${MAX_QUANTITY} of it. Two that add at once both count; setting the quantity does not add.`,
      who: "public",
      params,
      body: { schema: CartLineChange },
      answer: { ...answer, headers: { "set-cookie": "`cart`, with a visitor's first product." } },
      problems: ["BYN-SHOP-003", "BYN-SHOP-012", "BYN-SHOP-022"],
    },
    {
      method: "delete",
      path,
      id: "removeCartLine",
      summary: "Take a product out of the cart",
      description: "A product that is not in the cart may be taken out too.",
      who: "public",
      params,
      answer,
      problems: ["BYN-SHOP-003"],
    },
  ],
};
