import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Type from "typebox";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { ERRORS } from "../../src/errors.ts";
import { resultExample } from "../../src/server/result-example.ts";
import { SearchResult } from "../../src/server/result-schema.ts";
import { openDoor } from "./harness.ts";

const METHODS = ["get", "post", "put", "delete", "patch"];

async function readDocument() {
  const { app } = await openDoor();
  const answer = await app.inject("/openapi.json");
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

/** Every `$ref` in a JSON value. */
function refs(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === "$ref" ? [inner as string] : refs(inner)));
}

test("the document is OpenAPI 3.1: operations named once, parameters declared, references that lead somewhere", async () => {
  const document = await readDocument();
  expect(document.openapi).toMatch(/^3\.1\./);
  const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  for (const { path, method, operation } of operations) {
    expect(METHODS).toContain(method);
    expect(operation.operationId, path).toMatch(/^[a-z][A-Za-z]+$/);
    expect(operation.summary?.length, path).toBeGreaterThan(3);
    const declared = (operation.parameters ?? []).filter((one) => one.in === "path").map((one) => one.name);
    expect([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(declared);
    expect(Object.keys(operation.responses)).toContain("200");
    for (const [status, response] of Object.entries(operation.responses)) {
      expect(response.description.length, `${path} ${status}`).toBeGreaterThan(1);
      if (Number(status) >= 400)
        expect(response.content?.["application/problem+json"]?.schema).toEqual({
          $ref: "#/components/schemas/Problem",
        });
    }
  }
  for (const ref of refs(document)) {
    const [hash, ...steps] = ref.split("/");
    expect(hash).toBe("#");
    expect(
      steps.reduce((at, step) => at?.[step], document),
      ref,
    ).toBeTypeOf("object");
  }
  for (const schema of Object.values(document.components.schemas))
    expect(() => Compile(schema as Type.TSchema)).not.toThrow();
});
type Operation = {
  operationId: string;
  summary?: string;
  parameters?: { name: string; in: string }[];
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
};

test("every route of the door is in it, and nothing else", async () => {
  const { app } = await openDoor();
  const served = new Set<string>();
  const document = (await app.inject("/openapi.json")).json();
  for (const path of Object.keys(document.paths))
    for (const method of Object.keys(document.paths[path]))
      served.add(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`);
  for (const one of served) {
    const [method, url] = one.split(" ") as ["GET", string];
    expect(app.hasRoute({ method, url }), one).toBe(true);
  }
  expect([...served].sort()).toEqual([
    "GET /health/live",
    "GET /health/ready",
    "GET /v1/catalogs",
    "GET /v1/catalogs/:c",
    "GET /v1/catalogs/:c/images/:imageId",
    "GET /v1/catalogs/:c/items",
    "GET /v1/catalogs/:c/items/:itemId",
    "GET /v1/catalogs/:c/similar/:itemId",
    "GET /v1/models",
    "GET /v1/photos/:id",
    "POST /v1/catalogs/:c/search",
    "POST /v1/models/:m/promote",
  ]);
  const routes = app.printRoutes({ commonPrefix: false });
  const leaves = routes.match(/\((?:GET|POST|PUT|DELETE|PATCH)/g) ?? [];
  const hidden = ["/", "/docs", "/openapi.json"];
  expect(leaves).toHaveLength(served.size + hidden.length);
});

test("search is described in both its kinds, and the example of a result is a result", async () => {
  const document = await readDocument();
  const { content } = document.paths["/v1/catalogs/{c}/search"].post.requestBody;
  expect(Object.keys(content)).toEqual(["multipart/form-data", "application/json"]);
  expect(Object.keys(content["application/json"].schema.properties).sort()).toEqual(
    ["box", "category", "cursor", "imageBase64", "imageId", "imageUrl", "itemId", "limit"].sort(),
  );
  expect(Compile(SearchResult).Errors(resultExample)).toEqual([]);
  expect(document.components.schemas.SearchResult.examples).toEqual([resultExample]);
  expect(document.components.schemas.Problem.properties.code.enum).toEqual(Object.keys(ERRORS));
});

test("/docs shows every operation and every code on one page without outside assets or scripts", async () => {
  const { app } = await openDoor();
  const page = await app.inject("/docs");
  expect(page.headers["content-type"]).toContain("text/html");
  for (const path of Object.keys((await readDocument()).paths)) expect(page.body).toContain(path);
  for (const code of Object.keys(ERRORS)) expect(page.body).toContain(`id="${code}"`);
  expect(page.body).not.toMatch(/<script|https?:\/\/(?!shop\.example|example\.com)/);
  expect(page.headers["content-security-policy"]).toContain("default-src 'none'; style-src 'sha256-");
});

test("docs/http.md names every route", async () => {
  const guide = readFileSync(join(import.meta.dirname, "../../docs/http.md"), "utf8");
  for (const path of Object.keys((await readDocument()).paths))
    expect(guide, path).toContain(path.replace("{c}", "main").replace(/\{\w+\}.*/, ""));
});
