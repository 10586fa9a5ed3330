import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/*
 * Swagger UI (Apache-2.0) from its npm package: no other host is asked, and no script stands in the page, so that the
 * policy below can forbid inline ones.
 */

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

const START = `SwaggerUIBundle({
  url: "/api/openapi.json",
  domNode: document.getElementById("api"),
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  deepLinking: true,
});
`;

const FAVICON = "data:,";

const style = asset(import.meta.resolve("swagger-ui-dist/swagger-ui.css"), "text/css; charset=utf-8");
const script = asset(
  import.meta.resolve("swagger-ui-dist/swagger-ui-bundle.js"),
  "text/javascript; charset=utf-8",
);
const start = at("start.js", "text/javascript; charset=utf-8", Buffer.from(START));

/** What the page loads. Paths hold their contents' digest, so a browser may keep them for good. */
export const ASSETS: readonly Asset[] = [style, script, start];

export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fig Lane's API</title>
<link rel="icon" href="${FAVICON}">
<link rel="stylesheet" href="${style.path}">
<script src="${script.path}" defer></script>
<script src="${start.path}" defer></script>
</head>
<body>
<main id="api"></main>
<noscript><p>This page needs scripts. The document itself is at <a href="/api/openapi.json">/api/openapi.json</a>.</p></noscript>
</body>
</html>
`;

/** CSP 3. Swagger UI draws its arrows from `data:` pictures. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Read once, at the first import: 1.9 MB. */
function asset(url: string, type: string): Asset {
  const file = fileURLToPath(url);
  return at(basename(file), type, readFileSync(file));
}

function at(name: string, type: string, body: Buffer): Asset {
  const digest = createHash("sha256").update(body).digest("hex").slice(0, 12);
  return { path: `/api/docs/${digest}/${name}`, type, body };
}
