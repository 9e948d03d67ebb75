/** What the compiler refuses; `tsc` runs over this file. */
import { describe, expect, it } from "@jest/globals";
import * as z from "zod/mini";
import { api } from "../../../functions/http.ts";
import { testKernel } from "../../support/api.ts";

const kernel = () => testKernel();
const reply = async () => ({ status: 200 });

describe("an API's definition", () => {
  it("has exactly its capability's handlers, with the types of its schemas", () => {
    const rebuild = { body: z.object({ studyUid: z.string() }) };
    const handler = api(
      "catalog",
      {
        schemas: { rebuild },
        handlers: {
          rebuild: async ({ body, id }) => ({ status: 202, body: [body.studyUid.length, id.length] }),
          setCharacterSet: reply,
          setLegalHold: reply,
          auditLedger: reply,
        },
      },
      kernel,
    );
    // @ts-expect-error: a handler is missing
    api("catalog", { schemas: {}, handlers: {} }, kernel);
    // @ts-expect-error: a public route's handler is missing
    api("contract", { schemas: {}, publicHandlers: { getHealth: reply } }, kernel);
    api(
      "catalog",
      {
        schemas: {},
        handlers: {
          // @ts-expect-error: without a schema there is no body
          rebuild: async ({ body }) => ({ status: body.length }),
          setCharacterSet: reply,
          setLegalHold: reply,
          auditLedger: reply,
        },
      },
      kernel,
    );
    expect(handler).toBeInstanceOf(Function);
  });

  it("knows the parameters of its paths", () => {
    const handler = api(
      "audit",
      {
        schemas: {},
        handlers: {
          // @ts-expect-error: this path has no parameters
          listAuditRecords: async ({ params }) => ({ status: 200, body: params.day }),
        },
      },
      kernel,
    );
    expect(handler).toBeInstanceOf(Function);
  });
});
