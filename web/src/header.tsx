import { Mark, PictureIcon } from "./icons.tsx";
import { PhotoButton } from "./photo-button.tsx";
import { photoInView } from "./photo-panel.tsx";
import { ask, catalog, catalogs, chooseCatalog, picture, startOver } from "./session.ts";
import { words } from "./words.ts";

export function Header() {
  const several = (catalogs.value?.length ?? 0) > 1;
  return (
    <header class="header">
      <button type="button" class="brand" aria-label={words.home} onClick={startOver}>
        <Mark />
        <span>looksee</span>
      </button>
      {ask.value && picture.value && !photoInView.value && <SmallPhoto src={picture.value} />}
      <span class="grow" />
      {several && (
        <label class="chooser">
          <span class="visually-hidden">{words.catalog}</span>
          <select value={catalog.value} onChange={(event) => chooseCatalog(event.currentTarget.value)}>
            {catalogs.value?.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {ask.value && (
        <PhotoButton class="button primary">
          <PictureIcon />
          <span class="new-photo">{words.newPhoto}</span>
        </PhotoButton>
      )}
    </header>
  );
}

/** Keeps the photo in view once the page has scrolled past it. */
function SmallPhoto({ src }: { src: string }) {
  return (
    <button type="button" class="small-photo" aria-label={words.backToPhoto} onClick={() => scrollTo({ top: 0 })}>
      <img src={src} alt="" width="44" height="44" />
    </button>
  );
}
