import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Item, listItems } from "./api.ts";
import { askFile, catalog, catalogs } from "./session.ts";
import { words } from "./words.ts";

const SHOWN = 6;
const LOOKED_AT = 60;

/** A few pictures of the shop, of as many kinds as there are, to see what a search by photo is like. */
export function Examples() {
  const items = useSignal<Item[] | null>(null);
  const name = catalog.value;
  const known = Boolean(catalogs.value?.length);
  useEffect(() => {
    if (!known) return;
    let current = true;
    listItems(name, LOOKED_AT).then(
      (all) => {
        if (current) items.value = variety(all.filter((one) => one.imageUrl));
      },
      () => {
        if (current) items.value = []; // a page without examples still searches
      },
    );
    return () => {
      current = false;
    };
  }, [name, known]);
  if (catalogs.value?.length === 0 || items.value?.length === 0) return null;
  const shown: (Item | null)[] = items.value ?? Array.from({ length: SHOWN }, () => null);
  return (
    <section class="examples">
      <h2>{words.examples}</h2>
      <ul>
        {shown.map((item, i) => (
          <li key={item?.itemId ?? i}>{item ? <Example item={item} /> : <span class="tile skeleton" />}</li>
        ))}
      </ul>
    </section>
  );
}

function Example({ item }: { item: Item }) {
  return (
    <button type="button" class="tile" aria-label={words.example(item.title)} onClick={() => void searchWith(item)}>
      <img src={`${item.imageUrl}?size=320`} alt="" width="320" height="320" />
    </button>
  );
}

/** As if the shopper had taken the picture: the whole way from photo to products. */
async function searchWith(item: Item): Promise<void> {
  const picture = await fetch(`${item.imageUrl}?size=1280`);
  if (picture.ok) await askFile(await picture.blob());
}

/** Round by round one of each category, in the shop's order. */
function variety(items: Item[]): Item[] {
  const kinds = [...Map.groupBy(items, (item) => item.category).values()];
  const rounds = Array.from({ length: SHOWN }, (_, round) => kinds.flatMap((kind) => kind[round] ?? []));
  return rounds.flat().slice(0, SHOWN);
}
