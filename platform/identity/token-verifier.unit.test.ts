import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import { tokenKeys } from "./token-keys.ts";
import { tokenVerifier } from "./token-verifier.ts";

const START_MS = Date.UTC(2026, 0, 1);

interface World {
  nowMs: number;
  fetches: number;
  failures: string[];
  published: object[];
  isAway: boolean;
}
let world: World;

beforeEach(() => {
  world = { nowMs: START_MS, fetches: 0, failures: [], published: [], isAway: false };
});

async function issuer(kid: string, algorithm = "EdDSA") {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm };
  const sign = (claims: object, seconds = 60, audience = "shop") =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, kid })
      .setAudience(audience)
      .setExpirationTime(Math.floor(world.nowMs / 1_000) + seconds)
      .sign(privateKey);
  return { jwk, sign };
}

function verifier(algorithms = ["EdDSA"]) {
  const keys = tokenKeys({
    url: "http://monolith/jwks",
    fetchJson: async () => {
      world.fetches += 1;
      if (world.isAway) throw new Error("away");
      return { keys: world.published };
    },
    nowMs: () => world.nowMs,
    onFailure: ({ code }) => world.failures.push(code),
  });
  return tokenVerifier(keys, { algorithms, audience: "shop" }, () => world.nowMs);
}

describe("a token", () => {
  it("is believed when the issuer signed it, and is then remembered until it expires", async () => {
    const { jwk, sign } = await issuer("one");
    world.published = [jwk];
    const verify = verifier();
    const token = await sign({ sub: "customer-7" });
    expect((await verify(token))?.sub).toBe("customer-7");
    expect(verify(token)).not.toBeInstanceOf(Promise);
    world.nowMs += 61_000;
    expect(await verify(token)).toBeUndefined();
    expect(await verify(token)).toBeUndefined();
  });

  it("is not believed with another algorithm, audience or key, unsigned, or as rubbish", async () => {
    const good = await issuer("one");
    const other = await issuer("one");
    const rsa = await issuer("rsa", "RS256");
    world.published = [good.jwk, rsa.jwk];
    const verify = verifier();
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from('{"sub":"x"}').toString("base64url")}.`;
    const tokens = [
      await rsa.sign({ sub: "x" }),
      await good.sign({ sub: "x" }, 60, "bank"),
      await good.sign({ sub: "x" }, -1),
      await other.sign({ sub: "x" }),
      unsigned,
      "rubbish",
      "a.b.c",
      "x".repeat(100_000),
    ];
    for (const token of tokens) expect(await verify(token)).toBeUndefined();
  });

  it("signed with a new key is believed after one fetch, and unknown keys cost one fetch in 30 s", async () => {
    const first = await issuer("one");
    const second = await issuer("two");
    world.published = [first.jwk];
    const verify = verifier();
    await verify(await first.sign({ sub: "a" }));
    expect(world.fetches).toBe(1);
    world.published = [first.jwk, second.jwk];
    expect(await verify(await second.sign({ sub: "b" }))).toBeUndefined();
    expect(world.fetches).toBe(1);
    world.nowMs += 30_000;
    expect((await verify(await second.sign({ sub: "b" })))?.sub).toBe("b");
    expect(world.fetches).toBe(2);
    const stranger = await issuer("three");
    const strange = await Promise.all([1, 2, 3].map(async (i) => await stranger.sign({ sub: `${i}` })));
    for (const token of strange) await verify(token);
    expect(world.fetches).toBe(2);
  });

  it("counts as absent while the endpoint is away, without asking it again and again", async () => {
    const { jwk, sign } = await issuer("one");
    world.isAway = true;
    const verify = verifier();
    for (let i = 0; i < 5; i++) expect(await verify(await sign({ sub: `${i}` }))).toBeUndefined();
    expect(world.fetches).toBe(1);
    expect(world.failures).toEqual(["BYN-PROXY-025"]);
    world.isAway = false;
    world.published = [jwk];
    world.nowMs += 30_000;
    expect((await verify(await sign({ sub: "back" })))?.sub).toBe("back");
  });

  it("is checked with the known keys while the endpoint is away", async () => {
    const { jwk, sign } = await issuer("one");
    world.published = [jwk];
    const verify = verifier();
    await verify(await sign({ sub: "a" }));
    world.isAway = true;
    world.nowMs += 3_600_000;
    expect((await verify(await sign({ sub: "b" })))?.sub).toBe("b");
  });

  it("does not fill memory: the least recently used is forgotten", async () => {
    const { jwk, sign } = await issuer("one");
    world.published = [jwk];
    const verify = tokenVerifier(
      tokenKeys({
        url: "",
        fetchJson: async () => ({ keys: [jwk] }),
        nowMs: () => world.nowMs,
        onFailure: () => {},
      }),
      { algorithms: ["EdDSA"] },
      () => world.nowMs,
      2,
    );
    const tokens = await Promise.all(["a", "b", "c"].map((sub) => sign({ sub })));
    for (const token of tokens) await verify(token);
    expect(tokens.map((token) => verify(token) instanceof Promise)).toEqual([true, false, false]);
  });
});
