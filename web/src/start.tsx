import { Examples } from "./examples.tsx";
import { CameraIcon, PictureIcon } from "./icons.tsx";
import { PhotoButton } from "./photo-button.tsx";
import { catalogs, trouble } from "./session.ts";
import { Trouble } from "./trouble.tsx";
import { UrlForm } from "./url-form.tsx";
import { words } from "./words.ts";

/** What a shopper sees first: every way to show a photo, and some pictures to try. */
export function Start() {
  return (
    <main class="start">
      <h1>{words.title}</h1>
      <p class="lead">{words.lead}</p>
      {trouble.value && <Trouble refusal={trouble.value} />}
      {!trouble.value && catalogs.value?.length === 0 && <NoCatalog />}
      <section class="drop-card" aria-label={words.dropHere}>
        <Viewfinder />
        <p class="drop-hint">{words.dropHere}</p>
        <div class="ways">
          <PhotoButton class="button primary">
            <PictureIcon />
            {words.choose}
          </PhotoButton>
          <PhotoButton class="button camera-only" camera>
            <CameraIcon />
            {words.camera}
          </PhotoButton>
        </div>
        <UrlForm />
      </section>
      <Examples />
      <p class="privacy">{words.privacy}</p>
    </main>
  );
}

function NoCatalog() {
  return (
    <section class="notice">
      <div>
        <h2>{words.noCatalog}</h2>
        <p>{words.noCatalogHelp}</p>
      </div>
    </section>
  );
}

/** A bag, framed as the box frames it in a photo. */
function Viewfinder() {
  return (
    <svg class="viewfinder" viewBox="0 0 200 132" aria-hidden="true" focusable="false">
      <ellipse class="vf-shade" cx="100" cy="113" rx="52" ry="5" />
      <path class="vf-handle" d="M82 52c0-26 36-26 36 0" />
      <path
        class="vf-bag"
        d="M66 50h68a6 6 0 0 1 6 5.400l5.600 50a6 6 0 0 1-6 6.600H60.400a6 6 0 0 1-6-6.600l5.600-50a6 6 0 0 1 6-5.400z"
      />
      <path
        class="vf-flap"
        d="M59.800 57.500 58 74c22 12 62 12 84 0l-1.800-16.500A6 6 0 0 0 134 50H66a6 6 0 0 0-6.200 7.500z"
      />
      <circle class="vf-clasp" cx="100" cy="82" r="4" />
      <path
        class="vf-frame"
        d="M34 34V20a10 10 0 0 1 10-10h14M142 10h14a10 10 0 0 1 10 10v14M166 98v14a10 10 0 0 1-10 10h-14M58 122H44a10 10 0 0 1-10-10V98"
      />
    </svg>
  );
}
