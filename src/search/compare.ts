import type { Evaluation, Figures } from "./evaluate.ts";
import { clusterInterval, recallAt } from "./measures.ts";

/** Another model on the same photos. */
export type Comparison = {
  modelVersion: string;
  figures: Figures;
  /** Its recall less that of the model in use, photo by photo; 95 % by resampling products. */
  recallGained?: Record<"1" | "4" | "20", { value: number; interval: [lo: number, hi: number] }>;
};

/** Two evaluations of one query file; photos that only one could answer count for neither. */
export function compare(inUse: Evaluation, other: Evaluation, seed = 1): Comparison {
  const before = new Map(inUse.answers.map((answer) => [answer.row, answer]));
  const pairs = other.answers.flatMap((after) => {
    const known = before.get(after.row);
    return known && after.itemId !== null ? [{ itemId: after.itemId, from: known.rank, to: after.rank }] : [];
  });
  const gained = (k: number) => {
    const hit = (rank: number | null) => (rank !== null && rank <= k ? 1 : 0);
    const steps = pairs.map(({ from, to }) => hit(to) - hit(from));
    const value =
      recallAt(
        pairs.map(({ to }) => to),
        k,
      ) -
      recallAt(
        pairs.map(({ from }) => from),
        k,
      );
    return {
      value,
      interval: clusterInterval(
        steps,
        pairs.map(({ itemId }) => itemId),
        seed,
      ),
    };
  };
  return {
    modelVersion: other.modelVersion,
    figures: other.figures,
    ...(pairs.length > 0 && { recallGained: { "1": gained(1), "4": gained(4), "20": gained(20) } }),
  };
}
