import type { FastifyRequest } from "fastify";
import { LookseeError } from "../errors.ts";
import { readForm } from "./multipart-query.ts";
import { FormFields, INPUTS, JsonQuery } from "./query-schema.ts";
import type { DoorQuery } from "./shop.ts";
import { checker } from "./validate.ts";

const REMEDY = "Send exactly one of image (a file in a form), imageUrl, imageBase64, imageId, itemId; see /docs";
const checkJson = checker<JsonQuery>(JsonQuery, "SEARCH_BAD_INPUT", REMEDY);
const checkFields = checker<FormFields>(FormFields, "SEARCH_BAD_INPUT", "See /docs for the fields");

export type FetchPicture = (url: string) => Promise<Uint8Array>;

/** Reads a search request, form or JSON, into a query with exactly one input. SEARCH_BAD_INPUT, SEARCH_BOX, URL_*, PICTURE_EMPTY. */
export async function readQuery(request: FastifyRequest, fetchPicture: FetchPicture): Promise<DoorQuery> {
  const query = request.isMultipart() ? await formQuery(request) : await jsonQuery(request.body, fetchPicture);
  if (query.image?.byteLength === 0)
    throw new LookseeError("PICTURE_EMPTY", "the picture has no bytes", "Choose the file again and send it whole");
  return query;
}

async function formQuery(request: FastifyRequest): Promise<DoorQuery> {
  const { image, fields } = await readForm(request);
  checkBox(fields.box);
  return { ...checkFields(fields), image };
}

async function jsonQuery(body: unknown, fetchPicture: FetchPicture): Promise<DoorQuery> {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new LookseeError("SEARCH_BAD_INPUT", "the body is not a JSON object", REMEDY);
  const named = INPUTS.filter((name) => name in body);
  // A cursor knows its question, so a next page need not repeat it.
  if (named.length > 1 || (named.length === 0 && !("cursor" in body))) {
    const problem = named.length ? `${named.join(" and ")} were given together` : "nothing to search for was given";
    throw new LookseeError("SEARCH_BAD_INPUT", problem, REMEDY);
  }
  checkBox((body as { box?: unknown }).box);
  const { imageUrl, imageBase64, ...rest } = checkJson(body);
  if (imageUrl !== undefined) return { ...rest, image: await fetchPicture(imageUrl) };
  if (imageBase64 !== undefined) return { ...rest, image: fromBase64(imageBase64) };
  return rest;
}

/** The schema knows four fractions; that they span an area it cannot say. Both break the same promise, so both are SEARCH_BOX. */
function checkBox(box: unknown): void {
  if (box === undefined) return;
  const fractions =
    Array.isArray(box) && box.length === 4 && box.every((x) => typeof x === "number" && x >= 0 && x <= 1);
  if (fractions && box[0] < box[2] && box[1] < box[3]) return;
  throw new LookseeError(
    "SEARCH_BOX",
    `the box ${JSON.stringify(box)?.slice(0, 80)} spans no part of the picture`,
    "Give [x1,y1,x2,y2] as fractions 0 to 1 of the upright picture, with x1 < x2 and y1 < y2",
  );
}

function fromBase64(text: string): Uint8Array {
  const base64 = text.replace(/^data:[\w/+.-]*;base64,/, "").replace(/\s+/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64))
    throw new LookseeError("SEARCH_BAD_INPUT", "imageBase64 is not base64", "Encode the picture's bytes as base64");
  return Buffer.from(base64, "base64");
}
