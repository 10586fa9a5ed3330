import { Customer } from "@banyan/contracts/http/customers.ts";
import { type Request, Router } from "express";
import { z } from "zod";
import { posted, queried } from "../visit/asked.ts";
import { formBody } from "../visit/form.ts";
import { type Outcome, type Page, pages, type StorefrontDeps } from "../visit/page.ts";
import { Refused } from "../visit/refused.ts";
import { nextOf } from "./next.ts";
import { type Entry, signInPage, signUpPage } from "./sign-in-page.ts";

/** Sign-in, sign-up, sign-out. The API sets and takes the cookies; they are passed on. */
export function accountRoutes(deps: StorefrontDeps): Router {
  const router = Router();
  const page = pages(deps);
  const signIn = (entry: Entry) => ({ title: "Sign in", main: signInPage(entry) });
  const signUp = (entry: Entry) => ({ title: "Make an account", main: signUpPage(entry) });

  router.get(
    "/sign-in",
    page(async ({ request }) => signIn({ next: nextOf(queried(request, "next")) })),
  );
  router.get(
    "/sign-up",
    page(async ({ request }) => signUp({ next: nextOf(queried(request, "next")) })),
  );

  router.post(
    "/sign-in",
    formBody,
    page(({ api, request }) => {
      const email = posted(request, "email");
      const body = { email, password: passwordOf(request) };
      const sent = api.send({ method: "POST", path: "/api/sessions", body, schema: Customer });
      return goOn(sent, request, (entry) => signIn({ ...entry, email }));
    }),
  );

  router.post(
    "/sign-up",
    formBody,
    page(({ api, request }) => {
      const [email, name] = [posted(request, "email"), posted(request, "name")];
      const body = { email, name, password: passwordOf(request) };
      const sent = api.send({ method: "POST", path: "/api/customers", body, schema: Customer });
      return goOn(sent, request, (entry) => signUp({ ...entry, email, name }));
    }),
  );

  router.post(
    "/sign-out",
    formBody,
    page(async ({ api }) => {
      await api.send({ method: "DELETE", path: "/api/sessions", schema: z.undefined() });
      return { seeOther: "/" };
    }),
  );
  return router;
}

/** To where the visitor wanted to go; or, when the API refuses, back to the form with what was wrong. */
async function goOn(
  sent: Promise<unknown>,
  request: Request,
  again: (entry: Entry) => Page,
): Promise<Outcome> {
  const next = nextOf(posted(request, "next"));
  try {
    await sent;
    return { seeOther: next };
  } catch (wrong) {
    if (!(wrong instanceof Refused) || wrong.entry.status >= 500) throw wrong;
    return { ...again({ next, wrong }), status: wrong.entry.status, retryAfter: wrong.retryAfter };
  }
}

/** As it was typed: blanks count. */
function passwordOf({ body }: Request): string {
  const value: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, "password") : undefined;
  return typeof value === "string" ? value : "";
}
