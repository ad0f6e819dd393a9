import { createHash } from "node:crypto";
import { ERRORS } from "../errors.ts";

type Schema = Record<string, unknown> & { $ref?: string };
type Media = Record<string, { schema?: Schema; example?: unknown }>;
type Parameter = { name: string; in: string; required?: boolean; description?: string; schema?: Schema };
type Operation = {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { content: Media };
  responses: Record<string, { description: string; content?: Media }>;
};
export type Document = {
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

const STYLE = `
:root{color-scheme:light dark;--ink:light-dark(#1f1d1a,#ece8e1);--soft:light-dark(#6b655c,#a8a196);--paper:light-dark(#faf8f4,#171614);--card:light-dark(#fff,#201f1c);--line:light-dark(#e6e1d8,#35322d);--accent:light-dark(#0b6b57,#6fcfb7)}
*{box-sizing:border-box}body{margin:0 auto;max-width:56rem;padding:2rem 1.25rem 6rem;font:16px/1.6 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:2rem;margin:0}h2{margin:3rem 0 .5rem;font-size:1.25rem}p{margin:.25rem 0 .75rem}a{color:var(--accent)}
section,details{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem 1.25rem;margin:.75rem 0}
h3{margin:0;font:600 1rem/1.6 ui-monospace,monospace;overflow-wrap:anywhere}b.method{color:var(--accent);margin-inline-end:.75ch}
table{border-collapse:collapse;width:100%;font-size:.9375rem}td,th{text-align:start;vertical-align:top;padding:.35rem .75rem .35rem 0;border-top:1px solid var(--line)}
th{font-weight:600;color:var(--soft)}code,pre{font:.875rem/1.5 ui-monospace,monospace}pre{overflow:auto;margin:.5rem 0 0}.soft{color:var(--soft)}summary{cursor:pointer;min-height:24px}section details{border:0;border-top:1px solid var(--line);border-radius:0;padding:.6rem 0 0;margin:.6rem 0 0}
.scroll{overflow-x:auto}`;

/** The OpenAPI document as one plain page without a script, and the policy that lets its one style through. */
export function docsPage(document: Document): { html: string; policy: string } {
  const { info, tags = [], components } = document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const chapters = tags.map(({ name, description = "" }) => {
    const own = operations.filter(({ operation }) => operation.tags?.includes(name));
    return `<h2>${plain(name)}</h2><p class="soft">${plain(description)}</p>${own.map(operationCard).join("")}`;
  });
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${plain(name)}"><summary><code>${plain(name)}</code></summary>${code(schema)}</details>`,
  );
  const body = [
    `<h1>${plain(info.title)} <span class="soft">${plain(info.version)}</span></h1>`,
    `<p>${plain(info.description ?? "")} Machine-readable: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>`,
    ...chapters,
    `<h2>schemas</h2>${schemas.join("")}`,
    `<h2>codes</h2><p class="soft">Every error is a problem document (RFC 9457) with one of these codes.</p>${codesTable()}`,
  ].join("\n");
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${plain(info.title)}: HTTP API</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;
  const hash = createHash("sha256").update(STYLE).digest("base64");
  return { html, policy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'` };
}

function operationCard({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const { summary = "", description = "", parameters = [], requestBody, responses } = operation;
  const rows = parameters.map(({ name, in: where, required, description: what = "", schema = {} }) => {
    const kind = schema.enum ? (schema.enum as unknown[]).join(" | ") : String(schema.type ?? "");
    return `<tr><td><code>${plain(name)}</code></td><td class="soft">${plain(where)}${required ? ", required" : ""}</td><td>${plain(kind)}</td><td>${prose(what)}</td></tr>`;
  });
  const bodies = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema }]) => `<details><summary>Body: <code>${plain(type)}</code></summary>${code(schema)}</details>`,
  );
  const answers = Object.entries(responses).map(([status, { description: what, content = {} }]) => {
    const shapes = Object.entries(content).map(([type, { schema }]) => `${plain(type)} ${schemaLink(schema)}`);
    return `<tr><td><code>${plain(status)}</code></td><td>${plain(what)}</td><td>${shapes.join("<br>")}</td></tr>`;
  });
  return `<section><h3><b class="method">${plain(method)}</b>${plain(path)}</h3><p>${prose(summary)}. ${prose(description)}</p>
${rows.length ? `<div class="scroll"><table>${rows.join("")}</table></div>` : ""}${bodies.join("")}
<details><summary>Answers: ${Object.keys(responses).map(plain).join(", ")}</summary><div class="scroll"><table>${answers.join("")}</table></div></details></section>`;
}

function schemaLink(schema: Schema | undefined): string {
  const name = schema?.$ref?.split("/").at(-1);
  return name ? `<a href="#schema-${plain(name)}">${plain(name)}</a>` : "";
}

function codesTable(): string {
  const rows = Object.entries(ERRORS).map(
    ([name, { status }]) => `<tr id="${name}"><td><code>${name}</code></td><td>${status}</td></tr>`,
  );
  return `<div class="scroll"><table><tr><th>code</th><th>HTTP status</th></tr>${rows.join("")}</table></div>`;
}

const code = (value: unknown): string => `<pre tabindex="0">${plain(JSON.stringify(value, null, 2) ?? "")}</pre>`;

/** Descriptions mark code by backticks. */
const prose = (text: string): string => plain(text).replace(/`([^`]+)`/g, "<code>$1</code>");

function plain(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
