import { field, type Wrong, wrongNote } from "../look/form.ts";
import { type Html, html } from "../look/html.ts";

export interface Entry {
  /** Where to go on afterwards: a path of the shop. */
  readonly next: string;
  readonly email?: string;
  readonly name?: string;
  readonly wrong?: Wrong;
}

const EMAIL = {
  name: "email",
  label: "E-mail",
  type: "email",
  autocomplete: "username",
  maxlength: 254,
} as const;
const LABELS = { email: "E-mail", name: "Name", password: "Password" };

/** `GET /sign-in?next=` */
export function signInPage({ next, email = "", wrong }: Entry): Html {
  return html`<h1>Sign in</h1>
${wrongNote(wrong, saidOf(wrong), LABELS)}
${next !== "/" && wrong === undefined && html`<p>For that, we need to know who you are.</p>`}
<form class="form" method="post" action="/sign-in"><input type="hidden" name="next" value="${next}">
${field({ ...EMAIL, value: email }, wrong)}
${field({ name: "password", label: "Password", type: "password", autocomplete: "current-password", maxlength: 200 }, wrong)}
<div><button>Sign in</button></div></form>
<p>New here? <a href="/sign-up?next=${encodeURIComponent(next)}">Make an account</a>.</p>`;
}

/** `GET /sign-up?next=` */
export function signUpPage({ next, email = "", name = "", wrong }: Entry): Html {
  return html`<h1>Make an account</h1>
${wrongNote(wrong, saidOf(wrong), LABELS)}
<form class="form" method="post" action="/sign-up"><input type="hidden" name="next" value="${next}">
${field({ name: "name", label: "Name", value: name, autocomplete: "name", maxlength: 120 }, wrong)}
${field({ ...EMAIL, value: email }, wrong)}
${field({ name: "password", label: "Password", type: "password", autocomplete: "new-password", maxlength: 200, hint: "At least 8 characters." }, wrong)}
<div><button>Make the account</button></div></form>
<p>You have one already? <a href="/sign-in?next=${encodeURIComponent(next)}">Sign in</a>.</p>`;
}

function saidOf(wrong: Wrong): string {
  switch (wrong?.code) {
    case "BYN-SHOP-006":
      return "Check both, then try again.";
    case "BYN-SHOP-009":
      return "Sign in with it, or take another e-mail.";
    case "BYN-SHOP-019":
      return "Wait a few minutes, then try again.";
    default:
      return "Mend these fields:";
  }
}
