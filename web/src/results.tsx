import { useEffect, useRef } from "preact/hooks";
import { Card } from "./card.tsx";
import { InfoIcon } from "./icons.tsx";
import { ask, chooseCategory, extending, found, searching, showMore, trouble } from "./session.ts";
import { Tabs } from "./tabs.tsx";
import { Trouble } from "./trouble.tsx";
import { categoryOf, words } from "./words.ts";

const SKELETONS = 12;

export function Results() {
  const heading = useRef<HTMLHeadingElement>(null);
  const { held, photo, url, item } = ask.value?.subject ?? {};
  // A new question is a new page: who reads by ear starts at its heading.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [held ?? url ?? item ?? photo]);
  return (
    <section class="results" aria-busy={searching.value}>
      <h1 class="visually-hidden" ref={heading} tabIndex={-1}>
        {item === undefined ? words.results : words.likeThis}
      </h1>
      {found.value && <Tabs />}
      {!found.value && !trouble.value && (
        <div class="tabs">
          <span class="tab-skeleton skeleton" />
        </div>
      )}
      <div id="hits" role="tabpanel" aria-label={words.results}>
        <Verdict />
        {trouble.value ? <Trouble refusal={trouble.value} /> : found.value ? <Found /> : <Skeletons />}
      </div>
    </section>
  );
}

/** One line of one height, whether it counts or doubts, so that the grid stays where it is. */
function Verdict() {
  const result = found.value;
  if (result?.noGoodMatch && !searching.value && result.hits.length > 0)
    return (
      <p class="verdict doubt" role="status">
        <InfoIcon />
        <span>
          <b>{words.noGoodMatch}</b> {words.noGoodMatchHelp}
        </span>
      </p>
    );
  const text =
    searching.value || !result ? `${words.searching} …` : words.count(result.hits.length, result.nextCursor !== null);
  return (
    <p class="verdict" role="status">
      {trouble.value ? "" : text}
    </p>
  );
}

function Found() {
  const { hits, nextCursor, noGoodMatch } = found.value!;
  if (hits.length === 0) return <Nothing />;
  const similar = noGoodMatch || ask.value?.subject.item !== undefined; // what is like an item is another one
  return (
    <div class={searching.value ? "found stale" : "found"}>
      <ul class="grid">
        {hits.map((hit, place) => (
          // By place: a new answer fills the cards that stand there, and none of them wanders.
          <Card key={place} hit={hit} similar={similar} />
        ))}
      </ul>
      {nextCursor && (
        <button type="button" class="button more" disabled={extending.value} onClick={() => void showMore()}>
          {extending.value ? `${words.searching} …` : words.showMore}
        </button>
      )}
    </div>
  );
}

function Nothing() {
  const category = ask.value?.category;
  return (
    <section class="notice">
      <InfoIcon />
      <div>
        <h2>{category ? words.nothingIn(categoryOf(category)) : words.nothing}</h2>
        <p>{words.nothingHelp}</p>
        {category && (
          <button type="button" class="button" onClick={() => chooseCategory(null)}>
            {words.allCategories}
          </button>
        )}
      </div>
    </section>
  );
}

function Skeletons() {
  return (
    <div class="grid" aria-hidden="true">
      {Array.from({ length: SKELETONS }, (_, i) => (
        <div key={i} class="card">
          <span class="tile skeleton" />
          <span class="line skeleton" />
          <span class="line short skeleton" />
        </div>
      ))}
    </div>
  );
}
