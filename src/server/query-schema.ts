import Type, { type Static } from "typebox";
import { Box } from "./result-schema.ts";

const text = (description: string, example: string) => Type.String({ description, examples: [example], minLength: 1 });

const refinements = {
  box: Type.Optional(Box),
  category: Type.Optional(
    text("Search only this category, by name; without `box`, for the object of the photo that is of it", "bags"),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "Hits on a page" })),
  cursor: Type.Optional(text("`nextCursor` of the page before; it remembers the question", "eyJzIjoi")),
};

/** The ways to say what to search for in JSON; a request names exactly one. */
export const INPUTS = ["imageUrl", "imageBase64", "imageId", "itemId"] as const;

export const JsonQuery = Type.Object(
  {
    imageUrl: Type.Optional(text("A public http(s) address of a picture", "https://example.com/bag.jpg")),
    imageBase64: Type.Optional(Type.String({ description: "The picture itself, base64, a `data:` prefix allowed" })),
    imageId: Type.Optional(text("The `imageId` of an earlier result", "9f2c41d07be8463aa1c05d7e6b38f214")),
    itemId: Type.Optional(text("An item of this catalog", "sku-1042")),
    ...refinements,
  },
  {
    additionalProperties: false,
    anyOf: [...INPUTS, "cursor"].map((name) => ({ required: [name] })),
    description:
      "Exactly one of imageUrl, imageBase64, imageId and itemId; beside a cursor the same one again, or none",
  },
);
export type JsonQuery = Static<typeof JsonQuery>;

/** Documents the form; its fields arrive as text and are read by multipart-query.ts, then checked as `FormFields`. */
export const FormQuery = Type.Object(
  {
    image: Type.String({ format: "binary", description: "The picture file: JPEG, PNG, WebP, AVIF, GIF or TIFF" }),
    ...refinements,
    box: Type.Optional(
      Type.String({ description: "`x1,y1,x2,y2`, fractions 0 to 1", examples: ["0.12,0.2,0.78,0.94"] }),
    ),
  },
  { additionalProperties: false, required: ["image"] },
);

export const FormFields = Type.Object(refinements, { additionalProperties: false });
export type FormFields = Static<typeof FormFields>;

/** Longest sides, in pixels, that catalog pictures and photos are served in. */
export const SIZES = [160, 320, 640, 1280] as const;

export const CatalogPath = Type.Object({ c: text("Name of the catalog", "main") });
export const ItemPath = Type.Object({
  c: text("Name of the catalog", "main"),
  itemId: text("The shop's own id", "sku-1042"),
});
export const ModelPath = Type.Object({ m: text("Id of the model", "looksee-mobile-10") });
export const ImagePath = Type.Object({
  c: text("Name of the catalog", "main"),
  imageId: Type.Integer({ minimum: 1, maximum: 2 ** 32 - 1, examples: [17] }),
});
export const PhotoPath = Type.Object({
  id: text("The `imageId` of a search result", "9f2c41d07be8463aa1c05d7e6b38f214"),
});

export const SizeQuery = Type.Object(
  {
    size: Type.Optional(
      Type.Integer({ enum: [...SIZES], description: "Longest side in pixels; the original without it" }),
    ),
  },
  { additionalProperties: false },
);
export const LimitQuery = Type.Object({ limit: refinements.limit }, { additionalProperties: false });
export const PageQuery = Type.Object(
  { limit: refinements.limit, cursor: refinements.cursor },
  { additionalProperties: false },
);
