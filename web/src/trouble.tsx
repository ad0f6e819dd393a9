import type { Refusal } from "./api.ts";
import { InfoIcon, PictureIcon } from "./icons.tsx";
import { PhotoButton } from "./photo-button.tsx";
import { startOver, tryAgain } from "./session.ts";
import { plain, words } from "./words.ts";

/** What went wrong, in plain words, and what can be done about it here. */
export function Trouble({ refusal }: { refusal: Refusal }) {
  const { title, help } = plain(refusal);
  return (
    <section class="notice trouble" role="alert">
      <InfoIcon />
      <div>
        <h2>{title}</h2>
        <p>{help}</p>
        <div class="ways">
          <PhotoButton class="button">
            <PictureIcon />
            {words.newPhoto}
          </PhotoButton>
          {refusal.code === "CATALOG_UNKNOWN" && (
            <button type="button" class="button" onClick={startOver}>
              {words.startOver}
            </button>
          )}
          {/^(UNREACHABLE|INTERNAL|URL_FAILED|CURSOR_EXPIRED)$/.test(refusal.code) && (
            <button type="button" class="button" onClick={tryAgain}>
              {words.tryAgain}
            </button>
          )}
        </div>
      </div>
    </section>
  );
}
