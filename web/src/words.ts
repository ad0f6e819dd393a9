import type { Refusal } from "./api.ts";
import type { Ask } from "./ask.ts";

/** Some browsers name a language that Intl does not know; the machine's own is better than no page. */
function knownLocale(): string | undefined {
  try {
    return Intl.getCanonicalLocales(navigator.language)[0];
  } catch {
    return undefined;
  }
}
const LOCALE = knownLocale();

/** All that the page says, in one place, so that it can be said in another language. */
export const words = {
  title: "Find it by photo",
  lead: "Show us a picture. We look for the same product, then for the most similar ones.",
  dropHere: "Drop a picture anywhere, or paste it",
  dropNow: "Drop it to search",
  choose: "Choose a photo",
  camera: "Take a photo",
  newPhoto: "New photo",
  orUrl: "or the address of a picture",
  urlHint: "https://",
  urlLabel: "Address of a picture",
  searchUrl: "Search",
  examples: "No photo at hand? Try one of these",
  example: (title: string | null) => `Search with the picture of ${title ?? "this product"}`,
  privacy: "Your photo is kept for a short time only, without place or camera data, and never shown to others.",
  catalog: "Catalog",
  home: "looksee, start over",
  noCatalog: "There is nothing to search yet",
  noCatalogHelp: "The shop has no catalog. Whoever runs it can bring one in with looksee import.",

  yourPhoto: "Your photo",
  yourPhotoAlt: "The photo you search with",
  likeThis: "More like this",
  likeThisOne: (title: string | null) => `More like this: ${title ?? "product without a name"}`,
  noPhoto: "The photo cannot be shown here.",
  boxLabel: "Search area",
  boxRole: "movable box",
  boxPlace: (box: readonly number[]) => {
    const [x1, y1, x2, y2] = box.map((x) => Math.round(x * 100)) as [number, number, number, number];
    return `from ${x1} to ${x2} % across, ${y1} to ${y2} % down`;
  },
  boxHelp:
    "Drag the box to what you mean, or tap beside it. With the keyboard: arrows move it, Shift and arrows resize it.",
  wholePhoto: "Whole photo",
  smaller: "Smaller box",
  larger: "Larger box",
  searchObject: (category: string | null) => `Search for the ${category ?? "other thing"} here instead`,
  backToPhoto: "Back to your photo",

  categories: "Category",
  all: "All",
  results: "Results",
  searching: "Searching",
  count: (shown: number, more: boolean) =>
    `${number.format(shown)}${more ? "+" : ""} ${shown === 1 && !more ? "product" : "products"}`,
  noPrice: "Price in the shop",
  untitled: "Product without a name",
  /** Null for one that is another product, most likely. */
  theSame: (score: number) => {
    if (score >= 0.85) return "Looks the same";
    if (score >= 0.5) return "Probably the same";
    return score >= 0.1 ? "Maybe the same" : null;
  },
  similar: "Similar",
  moreLikeThis: "More like this",
  showMore: "Show more",
  noGoodMatch: "We may not have this one.",
  noGoodMatchHelp: "These come closest.",
  nothing: "Nothing here",
  nothingIn: (category: string) => `Nothing similar in ${category}`,
  nothingHelp: "Try all categories, or move the box to another part of the photo.",
  allCategories: "Show all categories",
  tryAgain: "Try again",
  startOver: "Start over",
} as const;

const number = new Intl.NumberFormat(LOCALE);
const cents = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat(LOCALE, { style: "percent" });

/** 0.943 -> "94 %". Never 100 %: no picture makes certain. */
export const percentOf = (score: number): string => percent.format(Math.min(0.99, Math.round(score * 100) / 100));

export function priceOf(price: number | null, currency: string | null): string | null {
  if (price === null) return null;
  if (!currency) return (Number.isInteger(price) ? number : cents).format(price);
  try {
    return new Intl.NumberFormat(LOCALE, { style: "currency", currency }).format(price);
  } catch {
    return `${number.format(price)} ${currency}`; // what the shop calls a currency, Intl need not know
  }
}

export const categoryOf = (name: string): string => name.charAt(0).toLocaleUpperCase() + name.slice(1);

export function titleFor(ask: Ask | null): string {
  if (!ask) return "looksee: find it by photo";
  return ask.subject.item === undefined ? "Your photo · looksee" : "More like this · looksee";
}

type Plain = { title: string; help: string };
const PLAIN: Record<string, Plain> = {
  PICTURE_EMPTY: { title: "That file is empty", help: "Choose the photo again." },
  PICTURE_FORMAT: { title: "That file is not a picture we can read", help: "A JPEG, PNG or WebP works best." },
  PICTURE_BROKEN: { title: "That picture is damaged", help: "It stops in the middle. Save or take it again." },
  PICTURE_TOO_LARGE: { title: "That picture is too large", help: "Send a smaller copy, or a screenshot of it." },
  BODY_TOO_LARGE: { title: "That file is too large", help: "Send a smaller copy, or a screenshot of it." },
  URL_REFUSED: {
    title: "We cannot open that address",
    help: "Use the public address of a picture, starting with https://.",
  },
  URL_FAILED: {
    title: "No picture came from that address",
    help: "Open it in your browser to see whether it still works.",
  },
  IMAGE_UNKNOWN: {
    title: "This photo is no longer kept",
    help: "Photos are kept for a short time only. Choose yours again.",
  },
  ITEM_UNKNOWN: { title: "This product is gone", help: "The shop no longer has it. Search with a photo instead." },
  CATALOG_UNKNOWN: { title: "There is no such catalog", help: "The link may be old. Start over to see what there is." },
  CATALOG_EMPTY: { title: "There is nothing to search yet", help: "The shop is still being filled. Come back later." },
  CATALOG_UNSEEN: {
    title: "The shop cannot be searched just now",
    help: "It is being brought up to date. Come back later.",
  },
  CATEGORY_UNKNOWN: { title: "There is no such category", help: "Show all categories instead." },
  CURSOR_EXPIRED: { title: "This list is too old to go on", help: "Search again for a fresh one." },
  UNREACHABLE: { title: "The shop does not answer", help: "Check your connection, then try again." },
};

/** A refusal as a shopper can use it; a code without words of its own shows what the server said. */
export function plain({ code, message, remedy }: Refusal): Plain {
  return (
    PLAIN[code] ?? { title: "That did not work", help: message ? `${message}. ${remedy}` : "Try again in a moment." }
  );
}
