import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { text } from "../corpus/record.ts";
import { openAsker, openTarget } from "./target.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

test("a name is looked up once, and every request goes to the address that was judged", async () => {
  const hosts: (string | undefined)[] = [];
  const port = await serve((request, response) => {
    hosts.push(request.headers.host);
    response.end("here");
  });
  let lookups = 0;
  const target = await openTarget(`http://shop.test:${port}`, [], async () => {
    lookups += 1;
    return [{ address: "127.0.0.1", family: 4 }];
  });
  const asker = openAsker(target, {});
  expect(text((await asker.ask("/")).body)).toBe("here");
  expect(text((await asker.ask("/")).body)).toBe("here");
  asker.close();
  expect(lookups).toBe(1);
  expect(hosts).toEqual([`shop.test:${port}`, `shop.test:${port}`]);
});

test("of several addresses the first that accepts a connection is taken", async () => {
  const port = await serve((_request, response) => response.end());
  const addresses = [
    { address: "127.0.0.2", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ];
  const target = await openTarget(`http://shop.test:${port}`, [], async () => addresses);
  expect(target.pinned.address).toBe("127.0.0.1");
});

test("a path of the target goes before every request's, headers are sent, and a redirect is not followed", async () => {
  const seen: (string | undefined)[] = [];
  const port = await serve((request, response) => {
    seen.push(`${request.url} ${request.headers["x-secret"]}`);
    response.writeHead(302, { location: "http://192.0.2.1/" }).end();
  });
  const asker = openAsker(await openTarget(`http://127.0.0.1:${port}/shop/`, []), { "x-secret": "s" });
  const answer = await asker.ask("/api?q=1");
  asker.close();
  expect(answer.status).toBe(302);
  expect(seen).toEqual(["/shop/api?q=1 s"]);
});

test("an encoded body is decoded", async () => {
  const port = await serve((_request, response) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("many words"));
  });
  const asker = openAsker(await openTarget(`http://127.0.0.1:${port}`, []), {});
  expect(text((await asker.ask("/")).body)).toBe("many words");
  asker.close();
});

test("a cut answer is no answer, and the error holds no header", async () => {
  const port = await serve((_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => response.destroy());
  });
  const asker = openAsker(await openTarget(`http://127.0.0.1:${port}`, []), { "x-secret": "hidden-value" });
  const error: unknown = await asker.ask("/x").catch((caught: unknown) => caught);
  asker.close();
  expect(error).toMatchObject({ code: "BYN-EVIDENCE-055" });
  expect(String(error)).not.toContain("hidden-value");
});

test("a name that can't be resolved can't be reached; one that nobody allowed is refused before that", async () => {
  const nowhere = async () => {
    throw new Error("ENOTFOUND");
  };
  const named = openTarget("http://nowhere.test", ["nowhere.test"], nowhere);
  await expect(named).rejects.toMatchObject({ code: "BYN-EVIDENCE-054" });
  const unnamed = openTarget("http://nowhere.test", [], nowhere);
  await expect(unnamed).rejects.toMatchObject({ code: "BYN-EVIDENCE-052" });
});
