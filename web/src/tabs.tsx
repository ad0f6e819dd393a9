import { useRef } from "preact/hooks";
import { ask, chooseCategory, found, objects } from "./session.ts";
import { categoryOf, words } from "./words.ts";

const SHOWN = 6;
const HARDLY = 0.02; // a guess below this helps nobody

/** All, then what the photo most likely shows, then what else it shows. Arrow keys go from tab to tab, as in any tab list. */
export function Tabs() {
  const list = useRef<HTMLDivElement>(null);
  const chosen = ask.value?.category ?? null;
  const names: (string | null)[] = [null, ...guesses(chosen)];
  const step = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const tabs = [...list.current!.querySelectorAll<HTMLElement>("[role=tab]")];
    const forward = getComputedStyle(list.current!).direction === "rtl" ? -by : by;
    const next = (tabs.indexOf(document.activeElement as HTMLElement) + forward + tabs.length) % tabs.length;
    tabs[next]?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={words.categories} ref={list} onKeyDown={step}>
      {names.map((name) => (
        <button
          key={name ?? ""}
          type="button"
          role="tab"
          aria-selected={name === chosen}
          aria-controls="hits"
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => chooseCategory(name)}
        >
          {name === null ? words.all : categoryOf(name)}
        </button>
      ))}
    </div>
  );
}

function guesses(chosen: string | null): string[] {
  const likely = (found.value?.categories ?? []).filter(({ p }, i) => i === 0 || p >= HARDLY).map(({ name }) => name);
  const others = objects.value.map(({ category }) => category).filter((name) => name !== null);
  const names = [...new Set([...likely.slice(0, SHOWN), ...others])];
  return chosen && !names.includes(chosen) ? [chosen, ...names] : names;
}
