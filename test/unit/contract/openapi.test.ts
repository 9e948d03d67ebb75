import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { contractApi } from "../../../functions/contract/api.ts";
import { openApi } from "../../../shared/contract/openapi.ts";
import { routes } from "../../../shared/contract/routes.ts";
import { callApi, testKernel } from "../../support/api.ts";

interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters: readonly {
    readonly in?: string;
    readonly name?: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly content?: unknown }>>;
}
const document = JSON.parse(JSON.stringify(openApi())) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const operationOf = (path: string, method: string): Operation =>
  document.paths[path]?.[method.toLowerCase()] as Operation;

describe("the API's description", () => {
  it("is the one in docs/openapi.json (npm run openapi writes it)", () => {
    const written = readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8");
    expect(JSON.parse(written)).toEqual(document);
  });

  it("has every route, and no other", () => {
    const described = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(described.map(({ operationId }) => operationId).sort()).toEqual(routes.map(({ id }) => id).sort());
  });

  it.each(routes)("says of $id what it takes, what it answers and how it refuses", (route) => {
    const operation = operationOf(route.path, route.method);
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
    expect(inPath.map(({ name }) => name)).toEqual(names);
    expect(inPath.every(({ required }) => required)).toBe(true);
    const statuses = Object.keys(operation.responses);
    expect(statuses.some((status) => /^[23]/.test(status))).toBe(true);
    expect(statuses).toContain("default");
    const isPublic = "public" in route.access;
    expect(statuses.includes("401")).toBe(!isPublic);
    expect(operation.security !== undefined).toBe(isPublic);
  });

  it("refers to nothing that is not there", () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g);
    for (const [, pointer = ""] of references) {
      const found = pointer.split("/").reduce<unknown>((node, step) => {
        return (node as Record<string, unknown> | undefined)?.[step];
      }, document);
      expect(found).toBeDefined();
    }
  });

  it("is served to anyone, with the address it was asked at", async () => {
    const handler = contractApi(() => testKernel());
    const answer = await callApi(handler, { method: "GET", path: "/v1/openapi.json" });
    expect(answer.status).toBe(200);
    expect(answer.json.servers).toEqual([{ url: "https://images.example/api" }]);
    expect(answer.headers["cache-control"]).toBe("public, max-age=300");
  });
});

describe("a monitor", () => {
  it("learns that the API lives, without signing in", async () => {
    const answer = await callApi(
      contractApi(() => testKernel()),
      { method: "GET", path: "/v1/health" },
    );
    expect(answer).toMatchObject({ status: 200, json: { status: "ok" } });
  });
});
