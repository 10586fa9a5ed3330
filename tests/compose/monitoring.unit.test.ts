import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROXY_ERRORS } from "@banyan/contracts/errors/proxy.ts";
import { metrics } from "@banyan/proxy/observe/metrics.ts";
import { SECRETS } from "@banyan/scripts/compose/env-file.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { composeText, readCompose, root } from "./compose-file.ts";
import { readQuery } from "./promql.ts";
import { listensOn } from "./services.ts";

const compose = readCompose(
  composeText(),
  Object.fromEntries(Object.keys(SECRETS).map((name) => [name, "x"])),
);

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

const PrometheusFile = z.object({
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      metrics_path: z.string().default("/metrics"),
      authorization: z.object({ credentials_file: z.string() }).optional(),
      static_configs: z.array(z.object({ targets: z.array(z.string()) })),
    }),
  ),
});
const Dashboard = z.object({
  panels: z.array(
    z.object({
      title: z.string().min(1),
      datasource: z.object({ uid: z.string() }),
      targets: z.array(z.object({ expr: z.string(), refId: z.string() })).min(1),
    }),
  ),
});
const dashboard = Dashboard.parse(JSON.parse(read("infra/grafana/dashboards/banyan.json")));
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr }) => [title, expr] as const),
);

/** Labels that Prometheus itself puts on every sample. */
const SCRAPED = ["instance", "job"];

/** Every series that the proxy's code registers, by name, with its labels: from the very text that it shows. */
const series = new Map<string, Set<string>>();
beforeAll(async () => {
  const registered = metrics();
  registered.begin();
  registered.end({
    side: "extracted",
    reason: "slot",
    capability: "catalog",
    status: 502,
    ended: "complete",
    durationS: 0.1,
    code: "BYN-PROXY-010",
  });
  registered.identityUnusable("claim");
  for (const [, name = "", labels = ""] of (await registered.text()).body.matchAll(
    /^([a-z][a-z0-9_]*)(?:\{(.*)\})? /gm,
  )) {
    const known = series.get(name) ?? new Set(SCRAPED);
    for (const [, label = ""] of labels.matchAll(/([a-z_]+)="/g)) known.add(label);
    series.set(name, known);
  }
});

/** What is wrong with a query, in words. */
function mistakesOf(query: string): string[] {
  const { metrics: names, labels, mistakes } = readQuery(query);
  const known = names.flatMap((name) => [...(series.get(name) ?? [])]);
  return [
    ...mistakes,
    ...(names.length === 0 ? ["it asks for nothing"] : []),
    ...names.filter((name) => !series.has(name)).map((name) => `no code registers ${name}`),
    ...labels
      .filter((label) => !known.includes(label))
      .map((label) => `no metric in it has the label ${label}`),
  ];
}

describe("the dashboard", () => {
  it.each(queries)("%s: asks for metrics and labels that the proxy registers: %s", (_title, query) => {
    expect(mistakesOf(query)).toEqual([]);
  });

  it.each([
    ["sum by (side) (rate(banyan_request_total[1m]))", "no code registers banyan_request_total"],
    ["sum by (tenant) (rate(banyan_requests_total[1m]))", "no metric in it has the label tenant"],
    ["sum by (side) (rate(banyan_requests_total[1m])", "at "],
    ["1 + 1", "it asks for nothing"],
  ])("would be refused with the query %s", (query, expected) => {
    expect(mistakesOf(query).join("; ")).toContain(expected);
  });

  it("shows every metric of the proxy's own", () => {
    const asked = new Set(queries.flatMap(([, query]) => readQuery(query).metrics));
    const own = [...series.keys()].filter(
      (name) => name.startsWith("banyan_") && !/_(?:sum|count)$/.test(name),
    );
    expect(own.filter((name) => !asked.has(name))).toEqual([]);
  });

  it("shows what is wanted of it: traffic, decisions, latency, errors, upstream failures", () => {
    const titles = dashboard.panels.map(({ title }) => title.toLowerCase()).join("\n");
    for (const word of [
      "requests by side and capability",
      "share",
      "decisions by reason",
      "latency by side",
      "errors by code",
      "upstream failures",
    ]) {
      expect(titles).toContain(word);
    }
  });

  it("names only error codes of the catalogue, and every one that says what an upstream did", () => {
    const named = [...new Set(queries.flatMap(([, query]) => query.match(/BYN-[A-Z]+-\d{3}/g) ?? []))].sort();
    const upstream = Object.entries(PROXY_ERRORS)
      .filter(([code, { title }]) => code.startsWith("BYN-PROXY-") && /^The upstream/.test(title))
      .map(([code]) => code);
    expect(named).toEqual(upstream.sort());
  });

  it("asks the data source that is provisioned, from a folder that is provisioned", () => {
    const sources = z
      .object({ datasources: z.array(z.object({ uid: z.string(), url: z.url() })) })
      .parse(parse(read("infra/grafana/provisioning/datasources/prometheus.yml"))).datasources;
    expect(new Set(dashboard.panels.map(({ datasource }) => datasource.uid))).toEqual(
      new Set(sources.map(({ uid }) => uid)),
    );
    for (const { url } of sources) {
      const { hostname, port } = new URL(url);
      const service = compose.services[hostname];
      expect(service === undefined ? [] : listensOn(service)).toContain(Number(port));
    }
    const { providers } = z
      .object({ providers: z.array(z.object({ options: z.object({ path: z.string() }) })) })
      .parse(parse(read("infra/grafana/provisioning/dashboards/banyan.yml")));
    expect(compose.services.grafana?.volumes).toContain(
      `./infra/grafana/dashboards:${providers[0]?.options.path}:ro`,
    );
    expect(compose.services.grafana?.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).toBe(
      `${providers[0]?.options.path}/banyan.json`,
    );
  });
});

describe("prometheus.yml", () => {
  const { scrape_configs } = PrometheusFile.parse(parse(read("infra/prometheus/prometheus.yml")));

  it("asks services that are there, at ports they listen on; every proxy is asked", () => {
    const targets = scrape_configs.flatMap(({ static_configs }) =>
      static_configs.flatMap((one) => one.targets),
    );
    for (const target of targets) {
      const [host = "", port] = target.split(":");
      const service = compose.services[host === "localhost" ? "prometheus" : host];
      expect(service === undefined ? [] : listensOn(service), target).toContain(Number(port));
    }
    const proxies = Object.keys(compose.services).filter((name) => name.startsWith("proxy-"));
    expect(targets).toEqual(expect.arrayContaining(proxies.map((name) => `${name}:8081`)));
  });

  it("asks the proxy at the path of its metrics, with the token that compose hands it", () => {
    const job = scrape_configs.find(({ job_name }) => job_name === "proxy");
    expect(read("proxy/admin/admin.ts")).toContain(`app.get("${job?.metrics_path}"`);
    const [secret = ""] = compose.services.prometheus?.secrets ?? [];
    expect(job?.authorization?.credentials_file).toBe(`/run/secrets/${secret}`);
    expect(compose.secrets[secret]?.environment).toBe("BANYAN_ADMIN_TOKEN");
  });
});
