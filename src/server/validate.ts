import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { type ErrorCode, LookseeError } from "../errors.ts";

/** Checks parameters and query strings, which arrive as text; nothing unknown is dropped silently. */
export const compileParameters: FastifySchemaCompiler<TSchema> = ({ schema }) => {
  const check = checker(schema, "USAGE", "Compare the address with /docs");
  return (data: unknown) => {
    try {
      return { value: check(data, { convert: true }) };
    } catch (error) {
      return { error: error as Error };
    }
  };
};

/** Returns a function that gives back what fits `schema` and throws `code` naming the first field that does not. */
export function checker<T>(schema: TSchema, code: ErrorCode, remedy: string) {
  const validator = Compile(schema);
  return (data: unknown, { convert = false } = {}): T => {
    const value = convert ? validator.Convert(data) : data;
    if (validator.Check(value)) return value as T;
    throw new LookseeError(code, complaint(validator.Errors(value), value), remedy);
  };
}

type Mistake = { keyword: string; instancePath: string; message: string; params: object };

function complaint(mistakes: Mistake[], value: unknown): string {
  const unknown = mistakes.find((mistake) => mistake.keyword === "additionalProperties");
  if (unknown) {
    const { additionalProperties } = unknown.params as { additionalProperties: string[] };
    return `there is no field ${additionalProperties.map((name) => `\`${name.slice(0, 60)}\``).join(", ")}`;
  }
  const [first] = mistakes;
  if (!first) return "the input does not fit";
  const field = first.instancePath.slice(1).replaceAll("/", ".");
  if (first.keyword === "enum") return `\`${field}\` must be ${oneOf(first.params)}`;
  return field ? `\`${field}\` ${first.message}` : `the ${Array.isArray(value) ? "array" : "input"} ${first.message}`;
}

function oneOf(params: object): string {
  const { allowedValues = [] } = params as { allowedValues?: unknown[] };
  return allowedValues.length ? `one of ${allowedValues.join(", ")}` : "one of the allowed values";
}
