/**
 * The generator's version. It stands in mall.json, in the model card and in every figure measured on a mall.
 * Latents, pictures and photos change only together with this number: whoever changes what is drawn, raises it.
 */
export const MALL_VERSION = 1;
