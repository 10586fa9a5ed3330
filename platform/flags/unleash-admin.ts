import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { z } from "zod";
import { compileFlag, FlagDefinition, killFlagOf } from "./compile.ts";
import { USER } from "./stickiness.ts";
import { under } from "./under.ts";

export interface UnleashAdminOptions {
  readonly url: string;
  /** An admin token. */
  readonly token: string;
  /** Unleash OSS has `default`, `development` and `production`. */
  readonly environment: string;
  readonly timeoutMs: number;
  /** Flag → the field that its slots are counted by, where that is not `userId`. */
  readonly stickiness?: Readonly<Record<string, string>>;
}

/** A flag as the dashboard has it now. */
export interface FlagReading {
  readonly flag: string;
  /** 0…100; 0 when its environment is off. */
  readonly percentage: number;
  /** The switch of its environment. */
  readonly on: boolean;
  readonly kill: boolean;
  /** Why `setPercentage` can't move it, or undefined when it can. */
  readonly unmovable: string | undefined;
}

/** The Unleash Admin API, as far as Banyan moves flags. Errors: BYN-FLAGS-002…005. */
export interface UnleashAdmin {
  /**
   * Makes the release flag and its kill switch where they are missing, at 0 %, and before them the field that its slots
   * are counted by; never changes a flag that is there.
   */
  ensureFlags(flag: string, description: string): Promise<"made" | "there">;
  read(flag: string): Promise<FlagReading | undefined>;
  setPercentage(flag: string, percentage: number): Promise<void>;
  setKill(flag: string, on: boolean): Promise<void>;
}

const AdminStrategy = FlagDefinition.shape.strategies.element.extend({ id: z.string() });
const AdminFlag = z.object({
  name: z.string(),
  archived: z.boolean().optional(),
  dependencies: z.array(z.unknown()).nullish(),
  environments: z.array(
    z.object({ name: z.string(), enabled: z.boolean(), strategies: z.array(AdminStrategy) }),
  ),
});
type AdminFlag = z.output<typeof AdminFlag>;

const ContextField = z.object({
  description: z.string().nullish(),
  legalValues: z.array(z.unknown()).nullish(),
  stickiness: z.boolean().default(false),
});

export function createUnleashAdmin(options: UnleashAdminOptions): UnleashAdmin {
  const { environment } = options;
  const stickinessOf = (flag: string) => options.stickiness?.[flag] ?? USER;
  const features = "api/admin/projects/default/features";
  const at = (flag: string) => `${features}/${encodeURIComponent(flag)}`;
  const inEnvironment = (flag: string) => `${at(flag)}/environments/${environment}`;

  const call = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; text: string }> => {
    let response: Response;
    try {
      response = await fetch(under(options.url, path), {
        method,
        headers: { authorization: options.token, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(options.timeoutMs),
      });
      const text = await response.text();
      if (response.ok || response.status === 404 || response.status === 409)
        return { status: response.status, text };
    } catch (cause) {
      throw new BanyanError("BYN-FLAGS-002", `no answer from ${options.url}`, { cause });
    }
    throw new BanyanError("BYN-FLAGS-003", `${method} ${path} answered ${response.status}`);
  };
  /** A call that must find its target. */
  const must = async (method: string, path: string, body?: unknown): Promise<void> => {
    const { status } = await call(method, path, body);
    if (status >= 400) throw new BanyanError("BYN-FLAGS-003", `${method} ${path} answered ${status}`);
  };
  const readFlag = async (flag: string): Promise<AdminFlag | undefined> => {
    const { status, text } = await call("GET", at(flag));
    if (status === 404) return undefined;
    const parsed = AdminFlag.safeParse(parseJson(text));
    if (!parsed.success) throw new BanyanError("BYN-FLAGS-004", `GET ${at(flag)}`, { cause: parsed.error });
    return parsed.data.archived === true ? undefined : parsed.data;
  };
  const definitionOf = (flag: AdminFlag) => {
    const found = flag.environments.find(({ name }) => name === environment);
    if (found === undefined)
      throw new BanyanError("BYN-FLAGS-004", `${flag.name} has no environment ${environment}`);
    return {
      name: flag.name,
      enabled: found.enabled,
      strategies: found.strategies,
      dependencies: flag.dependencies,
    };
  };
  /** At 0 % first and only then on: Unleash gives an enabled environment without a strategy 100 %. */
  const makeRelease = async (flag: string, description: string): Promise<void> => {
    await call("POST", features, { name: flag, type: "release", description });
    const existing = await readFlag(flag);
    if (existing === undefined) throw new BanyanError("BYN-FLAGS-004", `${flag} was made but is not there`);
    if (definitionOf(existing).strategies.length === 0) {
      await must("POST", `${inEnvironment(flag)}/strategies`, {
        name: "flexibleRollout",
        parameters: { rollout: "0", stickiness: stickinessOf(flag), groupId: flag },
      });
    }
    await must("POST", `${inEnvironment(flag)}/on`);
  };
  /** A field that Unleash does not bring with it, so that the dashboard offers it for stickiness (design §6). */
  const ensureField = async (name: string): Promise<void> => {
    const fields = "api/admin/context";
    const { status, text } = await call("GET", `${fields}/${encodeURIComponent(name)}`);
    if (status === 404) {
      await call("POST", fields, {
        name,
        description: "Made by Banyan: slots are counted by it.",
        stickiness: true,
      });
      return;
    }
    const field = ContextField.safeParse(parseJson(text));
    if (!field.success)
      throw new BanyanError("BYN-FLAGS-004", `GET ${fields}/${name}`, { cause: field.error });
    if (field.data.stickiness) return;
    const { description, legalValues } = field.data;
    await must("PUT", `${fields}/${encodeURIComponent(name)}`, {
      description,
      legalValues,
      stickiness: true,
    });
  };

  return {
    ensureFlags: async (flag, description) => {
      const kill = killFlagOf(flag);
      if (stickinessOf(flag) !== USER) await ensureField(stickinessOf(flag));
      const [release, switchFlag] = await Promise.all([readFlag(flag), readFlag(kill)]);
      if (release === undefined) await makeRelease(flag, description);
      if (switchFlag === undefined) {
        await call("POST", features, {
          name: kill,
          type: "kill-switch",
          description: `On: all of ${flag} at the monolith.`,
        });
      }
      return release === undefined || switchFlag === undefined ? "made" : "there";
    },
    read: async (flag) => {
      const [release, kill] = await Promise.all([readFlag(flag), readFlag(killFlagOf(flag))]);
      if (release === undefined) return undefined;
      const compiled = compileFlag(definitionOf(release), stickinessOf(flag));
      return {
        flag,
        percentage: compiled.kind === "slots" ? compiled.percentage : 0,
        on: definitionOf(release).enabled,
        kill: kill !== undefined && definitionOf(kill).enabled,
        unmovable: unmovable(definitionOf(release), flag, stickinessOf(flag)),
      };
    },
    setPercentage: async (flag, percentage) => {
      const release = await readFlag(flag);
      if (release === undefined) throw new BanyanError("BYN-FLAGS-005", `there is no flag ${flag}`);
      const definition = definitionOf(release);
      const why = unmovable(definition, flag, stickinessOf(flag));
      const strategy = definition.strategies.find(({ disabled }) => disabled !== true);
      if (why !== undefined || strategy === undefined)
        throw new BanyanError("BYN-FLAGS-005", `${flag}: ${why ?? "no strategy"}`);
      await must("PATCH", `${inEnvironment(flag)}/strategies/${strategy.id}`, [
        { op: "replace", path: "/parameters/rollout", value: String(percentage) },
      ]);
      if (!definition.enabled) await must("POST", `${inEnvironment(flag)}/on`);
    },
    setKill: async (flag, on) => must("POST", `${inEnvironment(killFlagOf(flag))}/${on ? "on" : "off"}`),
  };
}

/** Judged as if it were on: a flag that is off can be moved, if slots can say what it would do. */
function unmovable(definition: FlagDefinition, flag: string, stickiness: string): string | undefined {
  const compiled = compileFlag({ ...definition, enabled: true }, stickiness);
  if (compiled.kind === "delegate") return compiled.why;
  if (definition.strategies.filter(({ disabled }) => disabled !== true).length === 0)
    return "it has no strategy";
  return compiled.groupId === flag
    ? undefined
    : `its groupId is ${compiled.groupId}: that would move everyone to other slots`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
