import express, { type RequestHandler } from "express";

/** Reads a form's body. Ours have a dozen short fields. */
export const formBody: RequestHandler = express.urlencoded({
  extended: false,
  limit: "20kb",
  parameterLimit: 50,
});
