import { expect, inject, it } from "vitest";
import { startCollector } from "./collector.ts";
import { startWhole } from "./whole.ts";

// Names each package of OpenTelemetry that a process loads, on standard error, at its end.
const NAMES = `
  import { registerHooks } from "node:module";
  const loaded = new Set();
  registerHooks({
    load(url, context, nextLoad) {
      const [, name] = /node_modules.(@opentelemetry.[^/]+)/.exec(url) ?? [];
      if (name !== undefined) loaded.add(name);
      return nextLoad(url, context);
    },
  });
  process.once("exit", () => process.stderr.write([...loaded].join(" ")));
`;
const PRELOAD = ["--import", `data:text/javascript,${encodeURIComponent(NAMES)}`];
const SDK = "@opentelemetry/sdk-trace";

/** The packages of OpenTelemetry that each process had loaded when it ended. */
async function loadedWith(environment: Record<string, string>): Promise<Record<string, string[]>> {
  const whole = await startWhole(inject("postgresUrl"), environment, PRELOAD);
  try {
    expect((await fetch(`${whole.url}/catalog/products/${whole.productId}`)).status).toBe(200);
    const loaded: Record<string, string[]> = {};
    for (const name of ["proxy", "monolith", "catalog"] as const) {
      const { code, errors } = await whole[name].stop();
      expect(code).toBe(0);
      loaded[name] = errors.split(" ").filter((name) => name !== "");
    }
    return loaded;
  } finally {
    await whole.stop();
  }
}

it("with nothing set no process loads OpenTelemetry's SDK", async () => {
  // prom-client loads the API package, with which it could mark its samples; it does nothing by itself.
  expect(await loadedWith({})).toEqual({ proxy: ["@opentelemetry/api"], monolith: [], catalog: [] });
});

it("with an exporter named, each does: this very test would see it", async () => {
  const collector = await startCollector();
  const environment = { OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  for (const packages of Object.values(await loadedWith(environment))) expect(packages).toContain(SDK);
  await collector.stop();
});
