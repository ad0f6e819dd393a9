import Type, { type Static } from "typebox";

const count = () => Type.Integer({ minimum: 0 });

export const Catalog = Type.Object(
  {
    name: Type.String(),
    items: count(),
    variants: count(),
    pictures: count(),
    categories: Type.Array(
      Type.Object({ id: Type.Union([Type.Integer(), Type.String()]), name: Type.String(), items: count() }),
    ),
    model: Type.String({ description: "Id of the model that answers" }),
  },
  { $id: "Catalog" },
);
export type Catalog = Static<typeof Catalog>;

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const Item = Type.Object(
  {
    itemId: Type.String(),
    title: orNull(Type.String()),
    url: orNull(Type.String()),
    price: orNull(Type.Number()),
    currency: orNull(Type.String()),
    category: orNull(Type.String()),
    imageId: orNull(Type.Integer({ minimum: 1, description: "Its first picture" })),
    imageUrl: orNull(Type.String()),
  },
  { $id: "Item" },
);
export type Item = Static<typeof Item>;

export const Catalogs = Type.Object({ catalogs: Type.Array(Type.Ref("Catalog")) });
export const Items = Type.Object({ items: Type.Array(Type.Ref("Item")), nextCursor: orNull(Type.String()) });
