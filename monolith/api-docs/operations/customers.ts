import { Customer, SignIn, SignUp } from "@banyan/contracts/http/customers.ts";
import type { OperationGroup } from "../operation.ts";

const headers = { "set-cookie": "`session`: good for 12 hours." };

export const CUSTOMER_OPERATIONS: OperationGroup = {
  name: "Customers",
  description: "Accounts and sessions.",
  operations: [
    {
      method: "post",
      path: "/api/customers",
      id: "signUp",
      summary: "Sign up",
      description: "New accounts are counted by network; too many, and `Retry-After` says how long.",
      who: "public",
      body: { schema: SignUp },
      answer: { status: 201, description: "The new customer, signed in.", body: Customer, headers },
      problems: ["BYN-SHOP-009", "BYN-SHOP-026"],
    },
    {
      method: "post",
      path: "/api/sessions",
      id: "signIn",
      summary: "Sign in",
      description:
        "Failed attempts are counted by e-mail and by network; too many, and `Retry-After` says how long.",
      who: "public",
      body: { schema: SignIn },
      answer: { status: 201, description: "Who is signed in.", body: Customer, headers },
      problems: ["BYN-SHOP-006", "BYN-SHOP-019"],
    },
    {
      method: "delete",
      path: "/api/sessions",
      id: "signOut",
      summary: "Sign out",
      who: "public",
      answer: {
        status: 204,
        description: "The cookie is taken back.",
        headers: { "set-cookie": "`session`, empty." },
      },
    },
    {
      method: "get",
      path: "/api/me",
      id: "whoAmI",
      summary: "Who is signed in",
      who: "customer",
      answer: { status: 200, description: "The customer.", body: Customer },
    },
  ],
};
