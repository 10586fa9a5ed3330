import type { Pool } from "pg";
import { childrenOf, topCategories } from "./categories.ts";
import { escaped, layout } from "./page.ts";

/** `GET /`: the way into the shop. */
export async function homePage(pool: Pool): Promise<string> {
  const sections: string[] = [];
  for (const top of await topCategories(pool)) {
    const links = (await childrenOf(pool, top.id)).map(link);
    sections.push(
      `<section>\n<h2>${link(top)}</h2>\n<ul class="chips">${links.map((l) => `<li>${l}</li>`).join("")}</ul>\n</section>`,
    );
  }
  return layout(
    "Welcome",
    `<h1>Welcome</h1>\n<p>Well-made things for kitchen, workshop and garden. Where do you want to look?</p>\n${sections.join("\n")}\n`,
  );
}

function link({ slug, name }: { readonly slug: string; readonly name: string }): string {
  return `<a href="/catalog/categories/${slug}">${escaped(name)}</a>`;
}
