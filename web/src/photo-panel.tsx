import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { BoxEditor } from "./box-editor.tsx";
import { rounded, scaled, WHOLE } from "./box-math.ts";
import { FrameIcon, MinusIcon, PlusIcon } from "./icons.tsx";
import { ask, box, item, moveBox, picture } from "./session.ts";
import { words } from "./words.ts";

export const photoInView = signal(true);

/** The picture that is searched for, with its box; stays in view beside the results. */
export function PhotoPanel() {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const watch = new IntersectionObserver(([entry]) => {
      photoInView.value = entry?.isIntersecting ?? true;
    });
    watch.observe(panel.current!);
    return () => {
      watch.disconnect();
      photoInView.value = true;
    };
  }, []);
  const byItem = ask.value?.subject.item !== undefined;
  return (
    <section class="photo-panel" ref={panel} aria-label={byItem ? words.likeThis : words.yourPhoto}>
      <Stage />
      {byItem ? <p class="photo-caption">{item.value?.title}</p> : <BoxTools />}
    </section>
  );
}

/** A frame of one size for every photo, so that nothing jumps when one arrives. */
function Stage() {
  const shape = useSignal<{ src: string; ratio: number } | null>(null);
  const failed = useSignal<string | null>(null);
  const src = picture.value;
  const byItem = ask.value?.subject.item !== undefined;
  const ready = shape.value && shape.value.src === src;
  return (
    <div class={byItem ? "stage item" : "stage"} dir="ltr">
      {src && ready && !byItem && (
        <div class="backdrop" aria-hidden="true">
          <img src={src} alt="" />
        </div>
      )}
      {src && failed.value !== src && (
        <div class="photo" style={{ "--ratio": ready ? shape.value!.ratio : 1, opacity: ready ? 1 : 0 }}>
          <img
            src={src}
            alt={byItem ? (item.value?.title ?? words.likeThis) : words.yourPhotoAlt}
            draggable={false}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
              shape.value = { src, ratio: naturalWidth / naturalHeight || 1 };
            }}
            onError={() => {
              failed.value = src;
            }}
          />
          {ready && !byItem && <BoxEditor />}
        </div>
      )}
      {src && failed.value === src && <p class="stage-note">{words.noPhoto}</p>}
    </div>
  );
}

/** All that dragging does, without dragging. */
function BoxTools() {
  const grow = (factor: number) => moveBox(rounded(scaled(box.value!, factor)));
  const waiting = !box.value || !picture.value;
  return (
    <>
      <div class="box-tools">
        <button type="button" class="button" disabled={waiting} onClick={() => moveBox(WHOLE)}>
          <FrameIcon />
          {words.wholePhoto}
        </button>
        <button
          type="button"
          class="button square"
          aria-label={words.smaller}
          disabled={waiting}
          onClick={() => grow(0.85)}
        >
          <MinusIcon />
        </button>
        <button
          type="button"
          class="button square"
          aria-label={words.larger}
          disabled={waiting}
          onClick={() => grow(1 / 0.85)}
        >
          <PlusIcon />
        </button>
      </div>
      <p class="hint" id="box-help">
        {words.boxHelp}
      </p>
    </>
  );
}
