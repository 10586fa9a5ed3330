import type { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type Html, html, type Shown } from "./html.ts";

export interface Field {
  /** As the API's own mistakes name it, e.g. `shipTo.street`. */
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly type?: "text" | "email" | "password";
  /** WCAG 2.2, 1.3.5: what it is about, in HTML's words. */
  readonly autocomplete: string;
  readonly inputmode?: "numeric";
  readonly hint?: Shown;
  readonly maxlength: number;
}

/** Why the form is shown again; undefined the first time. */
export type Wrong = BanyanError | undefined;

/** An input with its label, its hint and, where the API found one, its mistake. */
export function field(given: Field, wrong: Wrong): Html {
  const { name, label, value = "", type = "text", autocomplete, inputmode, hint, maxlength } = given;
  const id = idOf(name);
  const about = aboutOf(name, hint !== undefined, wrong);
  return html`<div class="field"><label for="${id}">${label}</label>
<input id="${id}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" maxlength="${maxlength}" required${
    inputmode !== undefined && html` inputmode="${inputmode}"`
  }${about.attributes}>${hint !== undefined && html`<p class="hint soft" id="${id}-hint">${hint}</p>`}${about.text}</div>`;
}

export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly autocomplete: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
}

export function choice({ name, label, value, autocomplete, options }: Choice, wrong: Wrong): Html {
  const id = idOf(name);
  const about = aboutOf(name, false, wrong);
  return html`<div class="field"><label for="${id}">${label}</label>
<select id="${id}" name="${name}" autocomplete="${autocomplete}" required${about.attributes}>${options.map(
    (option) =>
      html`<option value="${option.value}"${option.value === value && html` selected`}>${option.text}</option>`,
  )}</select>${about.text}</div>`;
}

/** What is wrong, on top of the form: `said` in words, and a link to each field with a mistake. */
export function wrongNote(wrong: Wrong, said: Shown, labels: Readonly<Record<string, string>> = {}): Html {
  if (wrong === undefined) return html``;
  const places = [...new Set(wrong.mistakes.map(({ place }) => place))].filter((place) =>
    Object.hasOwn(labels, place),
  );
  return html`<div class="note wrong" role="alert"><h2>${wrong.code === "BYN-SHOP-002" ? "Not quite yet" : wrong.entry.title}</h2><p>${said}</p>${
    places.length > 0 &&
    html`<ul>${places.map((place) => html`<li><a href="#${idOf(place)}">${labels[place]}</a></li>`)}</ul>`
  }</div>`;
}

function idOf(name: string): string {
  return name.replaceAll(".", "-");
}

function aboutOf(name: string, hinted: boolean, wrong: Wrong): { attributes: Html; text: Html } {
  const id = idOf(name);
  const mistake = wrong?.mistakes.find(({ place }) => place === name)?.message;
  const ids = [...(hinted ? [`${id}-hint`] : []), ...(mistake === undefined ? [] : [`${id}-wrong`])];
  return {
    attributes: html`${mistake !== undefined && html` aria-invalid="true"`}${
      ids.length > 0 && html` aria-describedby="${ids.join(" ")}"`
    }`,
    text: html`${mistake !== undefined && html`<p class="wrong" id="${id}-wrong">${sentence(mistake)}</p>`}`,
  };
}

/** Our words begin with a verb; the few that are Zod's own, with a capital letter. */
function sentence(message: string): string {
  const text = /^(?:is|has|does|must|needs)\b/.test(message) ? `This ${message}` : message;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
