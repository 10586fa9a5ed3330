import { expect, it } from "vitest";
import { unleashEnvironment } from "./unleash.ts";
import { npmEnvironment } from "./unleash-install.ts";

const secrets = { adminPassword: "pw", adminToken: "a", backendToken: "b", sessionSecret: "s" };

it("tells Unleash its database in parts, decoded", () => {
  const databaseUrl = "postgres://un%40leash:p%2Fw@127.0.0.1:5499/flags";
  const env = unleashEnvironment({ databaseUrl, secrets, port: 4242, env: {} }, "http://127.0.0.1:4242");
  expect(env).toMatchObject({
    DATABASE_HOST: "127.0.0.1",
    DATABASE_PORT: "5499",
    DATABASE_NAME: "flags",
    DATABASE_USERNAME: "un@leash",
    DATABASE_PASSWORD: "p/w",
    INIT_ADMIN_API_TOKENS: "*:*.a",
    INIT_BACKEND_API_TOKENS: "default:development.b",
    HTTP_HOST: "127.0.0.1",
    SEND_TELEMETRY: "false",
  });
});

it("passes on none of the person's own Unleash and database settings", () => {
  const mine = {
    DATABASE_URL: "postgres://elsewhere",
    UNLEASH_URL: "x",
    NODE_OPTIONS: "--inspect",
    HOME: "/h",
  };
  const env = unleashEnvironment(
    { databaseUrl: "postgres://u:p@127.0.0.1/d", secrets, port: 1, env: mine },
    "http://127.0.0.1:1",
  );
  expect(env.DATABASE_URL).toBeUndefined();
  expect(env.NODE_OPTIONS).toBeUndefined();
  expect(env.UNLEASH_URL).toBe("http://127.0.0.1:1");
  expect(env.HOME).toBe("/h");
});

it("keeps npm's own settings but not where it was called from, and puts the pinned Node first", () => {
  const env = npmEnvironment(
    {
      PATH: "/usr/bin",
      npm_config_cache: "/c",
      npm_config_local_prefix: "/work",
      npm_package_json: "/work/package.json",
      INIT_CWD: "/work",
    },
    "/pinned/bin/node",
  );
  expect(env).toEqual({ PATH: "/pinned/bin:/usr/bin", npm_config_cache: "/c" });
});
