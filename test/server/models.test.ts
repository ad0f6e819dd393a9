import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { Model } from "../../src/server/model-schema.ts";
import { openDoor } from "./harness.ts";

test("the models are listed, and another is let to answer", async () => {
  const { app } = await openDoor();
  const inUse = async () => {
    const { models } = (await app.inject("/v1/models")).json<{ models: Model[] }>();
    for (const model of models) expect(Compile(Model).Errors(model)).toEqual([]);
    return models.filter((model) => model.inUse).map(({ modelId }) => modelId);
  };
  expect(await inUse()).toEqual(["colours-1"]);
  const answer = await app.inject({ method: "POST", url: "/v1/models/colours-2/promote" });
  expect([answer.statusCode, answer.json()]).toMatchObject([200, { modelId: "colours-2", inUse: true }]);
  expect(await inUse()).toEqual(["colours-2"]);
  const unknown = await app.inject({ method: "POST", url: "/v1/models/colours-3/promote" });
  expect(unknown.json()).toMatchObject({ status: 404, code: "MODEL_UNKNOWN" });
});

test("a page of another site cannot exchange the model; this server's own page and programs can", async () => {
  const { app, shop } = await openDoor();
  const promote = async (headers: Record<string, string>) =>
    (await app.inject({ method: "POST", url: "/v1/models/colours-2/promote", headers })).statusCode;
  for (const headers of [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://localhost:1234", host: "localhost:7410" },
    { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  ])
    expect(await promote({ host: "localhost", ...headers }), headers.origin).toBe(403);
  expect(shop.model).toBe("colours-1");
  expect(await promote({ origin: "http://localhost:7410", host: "localhost:7410" })).toBe(200);
  expect(await promote({ origin: "https://shop.example", host: "localhost", "sec-fetch-site": "same-origin" })).toBe(
    200,
  );
  expect(await promote({})).toBe(200);
});
