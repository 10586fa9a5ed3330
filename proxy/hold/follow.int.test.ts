import type { ServerResponse } from "node:http";
import { type Announcement, announcementText } from "@banyan/contracts/http/announcement.ts";
import { readSettings } from "@banyan/platform/settings/settings.ts";
import { afterEach, describe, expect, it } from "vitest";
import { stopAll, until, webUpstream } from "../proxy.fixture.ts";
import { ordersProxy, post, SLOT, side } from "./side.fixture.ts";

afterEach(stopAll);

/** A controller that says what a test says. */
async function teller() {
  const listeners = new Set<ServerResponse>();
  let connected = 0;
  const { url } = await webUpstream((request, response) => {
    if (request.url !== "/events") {
      response.writeHead(404).end();
      return;
    }
    connected += 1;
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    listeners.add(response);
    response.once("close", () => listeners.delete(response));
  });
  return {
    url,
    connected: () => connected,
    listeners: () => listeners.size,
    tell: (text: string) => {
      for (const listener of listeners) listener.write(text);
    },
    hangUp: () => {
      for (const listener of listeners) listener.destroy();
    },
  };
}

const said = (more: Partial<Announcement> = {}) =>
  announcementText({ capability: "orders", slot: SLOT, owner: "extracted", epoch: 2, ...more });

describe("announcements of a controller", () => {
  it("teach who owns a slot, so that nobody else is asked", async () => {
    const [monolith, extracted] = [await side(true, 1), await side(true, 2)];
    const controller = await teller();
    const proxy = await ordersProxy(monolith, extracted, {
      more: `controller: { url: ${controller.url} }\n`,
    });
    await until(() => controller.listeners() === 1);
    // In two pieces, after what is no announcement and one of a capability that is not owned.
    const text = `:\n\ndata: nonsense\n\n${said({ capability: "catalog" })}${said()}`;
    controller.tell(text.slice(0, 150));
    controller.tell(text.slice(150));
    // Seen by the next request or by one soon after: it is heard when it has come.
    while (extracted.asked() === 0) expect((await post(proxy.url)).status).toBe(201);
    const before = monolith.asked();
    for (let n = 0; n < 3; n++) expect((await post(proxy.url)).status).toBe(201);
    expect(monolith.asked()).toBe(before);
    expect((await fetch(`${proxy.url}/catalog/a`)).status).toBe(201);
  });

  it("reach a request that is held (that they wake it at once says hold.unit.test.ts)", async () => {
    const [monolith, extracted] = [await side(false, 2), await side(false, 1)];
    const controller = await teller();
    const proxy = await ordersProxy(monolith, extracted, {
      hold: "ms: 3600000",
      more: `controller: { url: ${controller.url} }\n`,
    });
    await until(() => controller.listeners() === 1);
    const answered = post(proxy.url);
    await until(() => extracted.asked() >= 8);
    extracted.owner = true;
    controller.tell(said());
    expect((await answered).status).toBe(201);
  });

  it("cost nothing when the controller is away, and are heard again when it is back", async () => {
    const [monolith, extracted] = [await side(false, 2), await side(true, 2)];
    const controller = await teller();
    const proxy = await ordersProxy(monolith, extracted, {
      more: `controller: { url: ${controller.url} }\n`,
    });
    await until(() => controller.listeners() === 1);
    controller.hangUp();
    expect((await post(proxy.url)).status).toBe(201);
    await until(() => controller.listeners() === 1 && controller.connected() === 2);
    const absent = await ordersProxy(monolith, extracted, {
      more: "controller: { url: http://127.0.0.1:9 }\n",
    });
    await until(() => absent.log.some(({ controller: url }) => url === "http://127.0.0.1:9"));
    expect((await post(absent.url)).status).toBe(201);
    await absent.stop();
    await proxy.stop();
    await until(() => controller.listeners() === 0);
  });
});

describe("`controller` of banyan.yaml", () => {
  it("is an origin", () => {
    const file = (url: string) =>
      `upstreams: { monolith: { url: http://a } }\ncontroller: { url: "${url}" }\n`;
    expect(readSettings(file("http://127.0.0.1:3009"), {}).controller?.url).toBe("http://127.0.0.1:3009");
    expect(() => readSettings(file("http://127.0.0.1:3009/events"), {})).toThrow("BYN-CONFIG-003");
  });
});
