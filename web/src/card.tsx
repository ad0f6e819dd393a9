import type { Hit } from "./api.ts";
import { MoreIcon } from "./icons.tsx";
import { askItem } from "./session.ts";
import { percentOf, priceOf, words } from "./words.ts";

/** `similar`: no hit can be the same product, whatever its score. */
export function Card({ hit, similar }: { hit: Hit; similar: boolean }) {
  const price = priceOf(hit.price, hit.currency);
  const page = pageOf(hit.url);
  const title = hit.title ?? words.untitled;
  const same = similar ? null : words.theSame(hit.score);
  const small = `${hit.imageUrl}?size=320`;
  return (
    <li class="card">
      <div class="tile">
        <img
          key={small} // never one product's picture beside another's name
          src={small}
          srcset={`${small} 320w, ${hit.imageUrl}?size=640 640w`}
          sizes="(max-width: 40rem) 45vw, 220px"
          alt=""
          width="320"
          height="320"
          loading="lazy"
          decoding="async"
        />
      </div>
      <div class={same ? "sameness" : "sameness similar"}>
        <span class="meter" aria-hidden="true">
          <span style={{ width: `${Math.round(hit.score * 100)}%` }} />
        </span>
        {same ? (
          <span>
            <b>{percentOf(hit.score)}</b> {same}
          </span>
        ) : (
          <span>{words.similar}</span>
        )}
      </div>
      <h2 class="card-title">{page ? <a href={page}>{title}</a> : title}</h2>
      <p class="price">{price ?? <span class="soft">{words.noPrice}</span>}</p>
      <button type="button" class="like-this" aria-label={words.likeThisOne(hit.title)} onClick={() => askItem(hit)}>
        <MoreIcon />
        {words.moreLikeThis}
      </button>
    </li>
  );
}

/** The product's own page, if it is a web address: a catalog's text never becomes a script. */
function pageOf(url: string | null): string | null {
  if (!url) return null;
  try {
    const { protocol, href } = new URL(url, location.href);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}
