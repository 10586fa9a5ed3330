import { z } from "zod";
import type { OperationGroup } from "../operation.ts";

export const API_DOCS_OPERATIONS: OperationGroup = {
  name: "This document",
  description: "What you are reading.",
  operations: [
    {
      method: "get",
      path: "/api/openapi.json",
      id: "showOpenApi",
      summary: "The API as an OpenAPI 3.1 document",
      who: "public",
      answer: { status: 200, description: "This document.", body: z.looseObject({ openapi: z.string() }) },
    },
    {
      method: "get",
      path: "/api/docs",
      id: "browseApi",
      summary: "The API as a page to read and to try",
      who: "public",
      answer: { status: 200, description: "A page.", body: { mediaType: "text/html" } },
    },
  ],
};
