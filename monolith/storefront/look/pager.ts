import { type Html, html } from "./html.ts";

interface Listed {
  readonly page: number;
  readonly perPage: number;
  readonly total: number;
}

/** The API has no page after this one. */
const LAST_PAGE = 500;

/** Links to the page before and the page after, where there are some; nothing for a list of one page. */
export function pager(path: string, query: Readonly<Record<string, string>>, list: Listed): Html {
  const pages = Math.min(LAST_PAGE, Math.max(1, Math.ceil(list.total / list.perPage)));
  if (pages === 1 && list.page === 1) return html``;
  const to = (page: number) => `${path}?${new URLSearchParams({ ...query, page: String(page) })}`;
  const before = Math.min(list.page - 1, pages);
  const previous = before >= 1 ? html`<a rel="prev" href="${to(before)}">Previous</a>` : html`<span></span>`;
  const next =
    list.page < pages ? html`<a rel="next" href="${to(list.page + 1)}">Next</a>` : html`<span></span>`;
  return html`<nav class="pager" aria-label="Pages">${previous}<span>Page ${list.page} of ${pages}</span>${next}</nav>`;
}
