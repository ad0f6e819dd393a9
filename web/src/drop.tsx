import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { askFile, askUrl } from "./session.ts";
import { words } from "./words.ts";

/** Takes pictures dropped anywhere on the page, and pasted ones; addresses of pictures too. */
export function DropAnywhere() {
  const over = useSignal(false);
  useEffect(() => {
    // Entering a child leaves its parent: only the depth says whether the pointer is still over the page.
    let depth = 0;
    const listen = new AbortController();
    const on = <E extends keyof WindowEventMap>(name: E, act: (event: WindowEventMap[E]) => void) =>
      addEventListener(name, act, { signal: listen.signal });
    const wanted = (data: DataTransfer | null) => ["Files", "text/uri-list"].some((type) => data?.types.includes(type));
    on("dragenter", (event) => {
      if (!wanted(event.dataTransfer)) return;
      event.preventDefault();
      over.value = ++depth > 0;
    });
    on("dragleave", (event) => {
      if (wanted(event.dataTransfer)) over.value = --depth > 0;
    });
    on("dragover", (event) => {
      if (wanted(event.dataTransfer)) event.preventDefault();
    });
    on("drop", (event) => {
      depth = 0;
      over.value = false;
      if (take(event.dataTransfer)) event.preventDefault();
    });
    on("paste", (event) => {
      if (event.target instanceof HTMLInputElement) return;
      if (take(event.clipboardData)) event.preventDefault();
    });
    return () => listen.abort();
  }, []);
  return over.value ? (
    <div class="drop-now">
      <p>{words.dropNow}</p>
    </div>
  ) : null;
}

/** True if there was something to search for in it. */
function take(data: DataTransfer | null): boolean {
  const [file] = data?.files ?? [];
  if (file) void askFile(file);
  const address = data?.getData("text/uri-list") || data?.getData("text/plain") || "";
  if (file || !/^https?:\/\/\S+$/.test(address.trim())) return Boolean(file);
  void askAddress(address.trim());
  return true;
}

/** A picture of this page itself is at hand already; the server fetches only what is public. */
export async function askAddress(address: string): Promise<void> {
  if (new URL(address).origin !== location.origin) askUrl(address);
  else await askFile(await (await fetch(address)).blob());
}
