import type { Guess, SeenObject } from "./result.ts";
import type { Further, Subject } from "./subject.ts";

/** Less than that, and an object is hardly of a category. */
const UNLIKELY = 0.1;
/** An object that nobody looked at closely is named where that is likelier than not. */
const NAMED = 0.5;

/** How the shop's categories are guessed, likeliest first. */
export type Guessing = {
  /** Of what was looked at. */
  guess(subject: Subject): Promise<Guess[]>;
  /** Of what is known by the model's kind alone. */
  guessByKind(kinds: Float32Array): Promise<Guess[]>;
};

/**
 * What is searched for, and what the photo shows, that first. It is the main object, unless a category is chosen that this is
 * hardly of and that another may be: then that one, if a closer look at it agrees (one more pass, and only then).
 * `guesses`: of what the main object is.
 */
export async function meant(
  seen: Subject,
  category: string | undefined,
  guesses: readonly Guess[],
  guessing: Guessing,
): Promise<{ subject: Subject; objects: SeenObject[] }> {
  const main = { box: seen.box, score: seen.boxScore, category: guesses[0]?.name ?? null };
  const others: { object: Further; guesses: Guess[] }[] = [];
  for (const object of seen.objects) others.push({ object, guesses: await guessing.guessByKind(object.category) });
  const shown = others.map(({ object: { box, score }, guesses: [first] }) => {
    return { box, score, category: first && first.p > NAMED ? first.name : null };
  });
  const asItIs = { subject: seen, objects: [main, ...shown] };
  if (category === undefined) return asItIs;
  const likely = (of: readonly Guess[]) => of.find(({ name }) => name === category)?.p ?? 0;
  const least = likely(guesses);
  if (least >= UNLIKELY) return asItIs;
  const ps = others.map((other) => likely(other.guesses));
  const best = ps.indexOf(Math.max(...ps)); // of equals the one that is surest to be there
  if (best < 0 || ps[best]! <= least) return asItIs;
  const closer = await others[best]!.object.closer();
  const closerGuesses = await guessing.guess(closer);
  if (likely(closerGuesses) < UNLIKELY) return asItIs;
  const first = { ...shown[best]!, category: closerGuesses[0]?.name ?? null };
  return { subject: closer, objects: [first, main, ...shown.filter((_, at) => at !== best)] };
}
