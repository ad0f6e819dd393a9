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
  useEffect(() => heading.current?.focus({ preventScroll: true }), [held ?? photo, url, item]);
  return (
    <section class="results" aria-busy={searching.value}>
      <h1 class="visually-hidden" ref={heading} tabIndex={-1}>
        {item === undefined ? words.results : words.likeThis}
      </h1>
      {found.value && <Tabs />}
      {!found.value && !trouble.value && <span class="tabs-skeleton skeleton" />}
      <div id="hits" role="tabpanel" aria-label={words.results}>
        <Count />
        {trouble.value ? <Trouble refusal={trouble.value} /> : found.value ? <Found /> : <Skeletons />}
      </div>
    </section>
  );
}

function Count() {
  const result = found.value;
  const text =
    searching.value || !result ? `${words.searching} …` : words.count(result.hits.length, result.nextCursor !== null);
  return (
    <p class="count" role="status">
      {trouble.value ? "" : text}
    </p>
  );
}

function Found() {
  const { hits, noGoodMatch, nextCursor } = found.value!;
  if (hits.length === 0) return <Nothing />;
  return (
    <div class={searching.value ? "found stale" : "found"}>
      {noGoodMatch && (
        <section class="notice">
          <InfoIcon />
          <div>
            <h2>{words.noGoodMatch}</h2>
            <p>{words.noGoodMatchHelp}</p>
          </div>
        </section>
      )}
      <ul class="grid">
        {hits.map((hit) => (
          <Card key={hit.itemId} hit={hit} />
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
