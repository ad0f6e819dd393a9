import { STATUS_CODES } from "node:http";
import Type from "typebox";

type Described = { description: string; content: Record<string, { schema: Type.TSchema }> };

/** The problem responses of a route, by status; every route can also answer 500 and 503. */
export function problems(...statuses: number[]): Record<number, Described> {
  const all = [...statuses, 500, 503];
  return Object.fromEntries(all.map((status) => [status, problem(STATUS_CODES[status] ?? "Refused")]));
}

function problem(description: string): Described {
  return { description, content: { "application/problem+json": { schema: Type.Ref("Problem") } } };
}
