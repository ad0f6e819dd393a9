import Type, { type Static } from "typebox";

const count = () => Type.Integer({ minimum: 0 });

export const Model = Type.Object(
  {
    modelId: Type.String(),
    version: Type.Number(),
    inUse: Type.Boolean({ description: "Whether it answers now" }),
    builtIn: Type.Boolean({ description: "Whether it comes with this version of looksee" }),
    bytes: count(),
    width: Type.Integer({ minimum: 1, description: "Numbers in a feature, before they are mapped to 512" }),
    side: Type.Integer({ minimum: 1, description: "Pixels" }),
    categories: count(),
    box: Type.Boolean({ description: "Whether it finds a box" }),
    catalogs: Type.Array(
      Type.Object({
        catalog: Type.String(),
        codes: count(),
        missing: Type.Integer({
          minimum: 0,
          description: "Pictures that the model in use has seen and this one has not",
        }),
      }),
    ),
  },
  { $id: "Model" },
);
export type Model = Static<typeof Model>;

export const Models = Type.Object({ models: Type.Array(Type.Ref("Model")) });
