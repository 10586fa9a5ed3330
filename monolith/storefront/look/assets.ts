import { createHash } from "node:crypto";
import { type RequestHandler, Router } from "express";
import { STYLE } from "./style.ts";

/** A fig: the shop's mark. */
const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#2f5d3a" d="M17 8c0-3 2-6 6-7-1 3 0 5-3 7z"/><path fill="#6b3a56" d="M16 7c3 3 10 7 10 14a10 9.500 0 0 1-20 0C6 14 13 10 16 7z"/><path fill="none" stroke="#9a6584" stroke-width="1.200" stroke-linecap="round" d="M16 11c-2 5-4 7-4 12m4-9v11m1-13c2 5 3 6 3 10"/></svg>`;

const assets = new Map(
  [
    { name: "fig-lane.css", type: "text/css; charset=utf-8", text: STYLE },
    { name: "fig.svg", type: "image/svg+xml; charset=utf-8", text: MARK },
  ].map((asset) => [asset.name, { ...asset, path: `/assets/${digestOf(asset.text)}/${asset.name}` }]),
);

export const STYLE_PATH = pathOf("fig-lane.css");
export const MARK_PATH = pathOf("fig.svg");

/** The style sheet and the mark. Their paths hold their digest, so a browser may keep them for good. */
export function assetRoutes(): Router {
  const router = Router();
  for (const { path, type, text } of assets.values()) {
    const answer: RequestHandler = (_request, response) => {
      response.set("cache-control", "public, max-age=31536000, immutable").type(type).send(text);
    };
    router.get(path, answer);
  }
  return router;
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function pathOf(name: string): string {
  return assets.get(name)?.path ?? "";
}
