import { type Box, rounded } from "./box-math.ts";

/** What is searched for. `held` names a photo that this tab holds (photos.ts), `photo` one that the server keeps. */
export type Subject = { held?: string; photo?: string; url?: string; item?: string };

export type Ask = { catalog: string; subject: Subject; box: Box | null; category: string | null };

/** The address of a search; a photo that only this tab holds has none, and leads to the start. */
export function linkOf({ catalog, subject, box, category }: Ask): string {
  const link = new URLSearchParams({ c: catalog });
  if (subject.url) link.set("url", subject.url);
  else if (subject.photo) link.set("photo", subject.photo);
  else if (subject.item) link.set("item", subject.item);
  if (box) link.set("box", box.join(","));
  if (category) link.set("category", category);
  return `?${link}`;
}

/** Reads `?c=..&photo=..|item=..|url=..&box=..&category=..`; null where it asks nothing. */
export function askOf(search: string, held: string | undefined, fallbackCatalog: string): Ask | null {
  const link = new URLSearchParams(search);
  const subject: Subject = {};
  if (held !== undefined) subject.held = held;
  for (const name of ["photo", "url", "item"] as const) {
    const value = link.get(name);
    if (value) subject[name] = value;
  }
  if (Object.keys(subject).length === 0) return null;
  return {
    catalog: link.get("c") ?? fallbackCatalog,
    subject,
    box: boxOf(link.get("box")),
    category: link.get("category"),
  };
}

function boxOf(text: string | null): Box | null {
  const numbers = (text ?? "").split(",").map(Number);
  const [x1, y1, x2, y2] = numbers;
  if (numbers.length !== 4 || !numbers.every((x) => x >= 0 && x <= 1) || x1! >= x2! || y1! >= y2!) return null;
  return rounded([x1!, y1!, x2!, y2!]);
}

export const sameSubject = (a: Subject, b: Subject): boolean =>
  a.item === b.item &&
  a.url === b.url &&
  (a.held !== undefined && b.held !== undefined ? a.held === b.held : a.photo === b.photo);
