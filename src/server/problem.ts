import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import { ERRORS, type ErrorCode, LookseeError } from "../errors.ts";

/** RFC 9457 problem document; `code` and `remedy` are looksee's own members. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: "Where the code is explained" }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: "What happened to which input" }),
    code: Type.String({ enum: Object.keys(ERRORS), description: "Stable: keeps its meaning for ever" }),
    remedy: Type.String({ description: "What to do next" }),
  },
  {
    $id: "Problem",
    examples: [
      {
        type: "/docs#PICTURE_BROKEN",
        title: "Picture broken",
        status: 422,
        detail: "the picture ends in the middle",
        code: "PICTURE_BROKEN",
        remedy: "Send the whole file again",
      },
    ],
  },
);
export type Problem = Static<typeof Problem>;

export function problemOf(error: LookseeError): Problem {
  return {
    type: `/docs#${error.code}`,
    title: titleOf(error.code),
    status: error.status,
    detail: error.problem,
    code: error.code,
    remedy: error.remedy,
  };
}

/** PICTURE_TOO_LARGE -> "Picture too large". */
function titleOf(code: ErrorCode): string {
  const words = code.toLowerCase().replaceAll("_", " ");
  return words[0]!.toUpperCase() + words.slice(1);
}

/** What Fastify and its plugins refuse before a route runs, said in looksee's codes. */
const REFUSALS: Record<string, (limit: string) => LookseeError> = {
  FST_ERR_CTP_BODY_TOO_LARGE: tooLarge,
  FST_REQ_FILE_TOO_LARGE: tooLarge,
  FST_PARTS_LIMIT: badForm,
  FST_FILES_LIMIT: badForm,
  FST_FIELDS_LIMIT: badForm,
  FST_PROTO_VIOLATION: badForm,
  FST_INVALID_JSON_FIELD_ERROR: badForm,
  FST_MP_PREMATURE_CLOSE: badForm,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new LookseeError(
      "MEDIA_TYPE",
      "the request's Content-Type is not one this route reads",
      "Send multipart/form-data with a file field `image`, or application/json",
    ),
  FST_ERR_CTP_EMPTY_JSON_BODY: () =>
    new LookseeError("USAGE", "the JSON body is empty", "Send a JSON object; see /docs"),
  FST_ERR_CTP_INVALID_JSON_BODY: () =>
    new LookseeError("USAGE", "the body is not JSON", "Send a JSON object; see /docs"),
};

function tooLarge(limit: string): LookseeError {
  return new LookseeError("BODY_TOO_LARGE", `the request is larger than ${limit}`, "Send a smaller picture");
}

function badForm(): LookseeError {
  return new LookseeError(
    "SEARCH_BAD_INPUT",
    "the form is broken or has more than one file",
    "Send multipart/form-data with one file field `image` and the fields box, category, limit, cursor",
  );
}

/** Every error as a LookseeError; what nobody foresaw becomes INTERNAL and tells the client nothing of its insides. */
export function asLooksee(error: unknown, bodyLimit: number): LookseeError {
  if (error instanceof LookseeError) return error;
  const { code = "", statusCode = 500, message = "" } = error as Partial<FastifyError>;
  const refusal = REFUSALS[code];
  if (refusal) return refusal(`${Math.floor(bodyLimit / 2 ** 20)} MiB`);
  if (message.includes("multipart") || message.includes("Multipart")) return badForm();
  if (statusCode >= 400 && statusCode < 500)
    return new LookseeError("USAGE", message || "the request is malformed", "Compare it with /docs");
  return new LookseeError(
    "INTERNAL",
    "something went wrong on our side",
    "Try again; the server's log has the details",
  );
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: LookseeError): FastifyReply {
  request.problemCode = error.code;
  return reply.code(error.status).type("application/problem+json; charset=utf-8").send(problemOf(error));
}
