import Type, { type Static } from "typebox";

/** A value that may be absent is spelled null, never left out (one shape everywhere). */
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const fraction = () => Type.Number({ minimum: 0, maximum: 1 });

export type Box = readonly [x1: number, y1: number, x2: number, y2: number];
export const Box = Type.Unsafe<Box>(
  Type.Array(fraction(), {
    minItems: 4,
    maxItems: 4,
    description: "`[x1,y1,x2,y2]`, fractions 0 to 1 of the upright picture, x1 < x2 and y1 < y2",
    examples: [[0.12, 0.2, 0.78, 0.94]],
  }),
);

const SeenObject = Type.Object({
  box: Box,
  score: Type.Number({ minimum: 0, maximum: 1, description: "How sure the model is of it" }),
  category: orNull(
    Type.String({ description: "The shop's category; null where none is likelier than not (further objects)" }),
  ),
});

const Guess = Type.Object({
  id: Type.Union([Type.Integer(), Type.String()]),
  name: Type.String(),
  p: Type.Number({ minimum: 0, maximum: 1, description: "Probability that the photo shows this category" }),
});

export const Hit = Type.Object({
  itemId: Type.String({ description: "The shop's own id of the item" }),
  variantId: orNull(Type.String()),
  score: Type.Number({
    minimum: 0,
    maximum: 1,
    description: "Calibrated probability that this is the very product, if the catalog has it",
  }),
  distance: Type.Integer({ minimum: 0, maximum: 512, description: "Hamming distance of the codes" }),
  imageId: Type.Integer({ minimum: 1, description: "The picture that matched" }),
  imageUrl: Type.String({ description: "Path of that picture on this server; takes `?size=`" }),
  box: orNull(Box),
  title: orNull(Type.String()),
  url: orNull(Type.String()),
  price: orNull(Type.Number()),
  currency: orNull(Type.String()),
  category: orNull(Type.String()),
  attributes: Type.Record(Type.String(), Type.Unknown()),
});
export type Hit = Static<typeof Hit>;

const Facet = Type.Object({
  field: Type.String(),
  values: Type.Array(Type.Object({ value: Type.Unknown(), count: Type.Integer({ minimum: 0 }) })),
});

const milliseconds = () => Type.Number({ minimum: 0 });

/** design.md's search result, the same from the library, the command line and HTTP. */
export const SearchResult = Type.Object(
  {
    searchId: Type.String(),
    modelVersion: Type.String(),
    imageId: orNull(Type.String({ description: "Id of the query photo: send it again with another box or category" })),
    objects: Type.Array(SeenObject, {
      description:
        "What the photo shows. First what was searched for: the given `box` (and nothing else), the object of the given " +
        "`category`, or the main object; then the others, likeliest first, where the model finds any. Send the `box` of " +
        "one to search for it",
    }),
    categories: Type.Array(Guess, { description: "What the main object, or the given box, may be, likeliest first" }),
    hits: Type.Array(Hit, { description: "One per item, best first" }),
    facets: Type.Array(Facet),
    nextCursor: orNull(Type.String({ description: "Send it as `cursor` for the next page of the same frozen list" })),
    noGoodMatch: Type.Boolean({
      description:
        "True when the catalog most likely does not have what the photo shows; of an `itemId`, when nothing is like it",
    }),
    timings: Type.Object(
      {
        decode: milliseconds(),
        model: milliseconds(),
        vote: milliseconds(),
        coarse: milliseconds(),
        fine: milliseconds(),
        rank: milliseconds(),
        total: milliseconds(),
      },
      { description: "Milliseconds by stage, of both rounds where the photo was looked at and asked again" },
    ),
  },
  { $id: "SearchResult" },
);
export type SearchResult = Static<typeof SearchResult>;
