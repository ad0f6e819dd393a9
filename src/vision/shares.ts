/** What a network says of categories, as probabilities: as they are, or the softmax of logits. */
export function sharesOf(row: Float32Array, kind: "logits" | "probabilities"): Float32Array {
  if (kind === "probabilities") return row;
  const most = row.reduce((a, b) => Math.max(a, b));
  const parts = row.map((v) => Math.exp(v - most));
  const sum = parts.reduce((a, b) => a + b);
  return parts.map((v) => v / sum);
}
