import { useRef } from "preact/hooks";
import { type Box, centred, HANDLES, type Handle, moved, overlap, resized, rounded } from "./box-math.ts";
import { box, moveBox, objects } from "./session.ts";
import { words } from "./words.ts";

const STEP = 0.02;
const SAME_THING = 0.5; // overlap from which a dot would only repeat the box
const ARROWS: Record<string, readonly [dx: number, dy: number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

type Drag = { handle: Handle | null; x: number; y: number; from: Box };

/** The box over the photo: dragged by its body or one of eight handles, or moved by keys; a tap beside it brings it there. */
export function BoxEditor() {
  const layer = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  const shown = box.value;
  if (!shown) return null;

  const fractions = (event: PointerEvent | MouseEvent) => {
    const { left, top, width, height } = layer.current!.getBoundingClientRect();
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
  };
  const grab = (handle: Handle | null) => (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    drag.current = { handle, ...fractions(event), from: shown };
  };
  const pull = (event: PointerEvent) => {
    if (!drag.current) return;
    const { handle, x, y, from } = drag.current;
    const at = fractions(event);
    const [dx, dy] = [at.x - x, at.y - y];
    moveBox(rounded(handle ? resized(from, handle, dx, dy) : moved(from, dx, dy)));
  };
  const drop = () => {
    drag.current = null;
  };
  const press = (event: KeyboardEvent) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    moveBox(rounded(event.shiftKey ? resized(shown, [1, 1], ...step) : moved(shown, ...step)));
  };

  const [x1, y1, x2, y2] = shown.map((x) => `${x * 100}%`) as [string, string, string, string];
  const place = { left: x1, top: y1, width: `calc(${x2} - ${x1})`, height: `calc(${y2} - ${y1})` };
  return (
    // The tap is a shortcut; keys and the buttons below the photo do the same.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <div
      class="box-layer"
      ref={layer}
      onClick={(event) => {
        if (event.target !== event.currentTarget) return;
        const { x, y } = fractions(event);
        moveBox(rounded(centred(shown, x, y)));
      }}
    >
      <div class="scrim">
        <div class="hole" style={place} />
      </div>
      <Dots shown={shown} />
      <div
        class="box"
        style={place}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move it, and `application` hands them over
        tabIndex={0}
        aria-label={`${words.boxLabel}, ${words.boxPlace(shown)}`}
        aria-roledescription={words.boxRole}
        aria-describedby="box-help"
        onPointerDown={grab(null)}
        onPointerMove={pull}
        onPointerUp={drop}
        onPointerCancel={drop}
        onKeyDown={press}
      >
        {HANDLES.map((handle) => (
          <span
            key={handle.join()}
            class={`handle ${handle[0] && handle[1] ? "corner" : "side"}`}
            data-handle={handle.join()}
            style={{ left: `${(handle[0] + 1) * 50}%`, top: `${(handle[1] + 1) * 50}%` }}
            onPointerDown={grab(handle)}
          />
        ))}
      </div>
    </div>
  );
}

/** One tap away: the other things the photo shows. */
function Dots({ shown }: { shown: Box }) {
  return (
    <>
      {objects.value
        .filter((object) => overlap(object.box, shown) < SAME_THING)
        .map(({ box: there, box: [x1, y1, x2, y2], category }) => (
          <button
            key={there.join()}
            type="button"
            class="dot"
            style={{ left: `${(x1 + x2) * 50}%`, top: `${(y1 + y2) * 50}%` }}
            aria-label={`${words.searchObject(category)}, ${words.boxPlace(there)}`}
            onClick={() => moveBox(rounded(there))}
          />
        ))}
    </>
  );
}
