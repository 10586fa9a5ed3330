/** What people put in front of a monolith today: Express and http-proxy-middleware 4, set up as the README of the latter says. */
import type { AddressInfo } from "node:net";
import express from "express";
import { createProxyMiddleware } from "http-proxy-middleware";

const [target = ""] = process.argv.slice(2);
const app = express();
app.use("/", createProxyMiddleware({ target, changeOrigin: true }));
const server = app.listen(0, "127.0.0.1", () => {
  process.send?.({ ports: [(server.address() as AddressInfo).port] });
});
process.once("SIGTERM", () => process.exit(0));
