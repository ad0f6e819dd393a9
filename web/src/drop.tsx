import { signal } from "@preact/signals";
import { askFile, askUrl } from "./session.ts";
import { words } from "./words.ts";

const hovering = signal(false);

export function DropNow() {
  return hovering.value ? (
    <div class="drop-now">
      <p>{words.dropNow}</p>
    </div>
  ) : null;
}

const wanted = (data: DataTransfer | null) => ["Files", "text/uri-list"].some((type) => data?.types.includes(type));

/** Takes pictures dropped anywhere on the page, and pasted ones; addresses of pictures too. */
export function takeDropsAndPastes(): void {
  // Entering a child leaves its parent: only the depth says whether the pointer is still over the page.
  let depth = 0;
  addEventListener("dragenter", (event) => {
    if (!wanted(event.dataTransfer)) return;
    event.preventDefault();
    hovering.value = ++depth > 0;
  });
  addEventListener("dragleave", (event) => {
    if (wanted(event.dataTransfer)) hovering.value = --depth > 0;
  });
  addEventListener("dragover", (event) => {
    if (wanted(event.dataTransfer)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    depth = 0;
    hovering.value = false;
    if (take(event.dataTransfer)) event.preventDefault();
  });
  addEventListener("paste", (event) => {
    if (event.target instanceof HTMLInputElement) return;
    if (take(event.clipboardData)) event.preventDefault();
  });
}

/** True if there was something to search for in it. */
function take(data: DataTransfer | null): boolean {
  const [file] = data?.files ?? [];
  if (file) {
    void askFile(file);
    return true;
  }
  const address = (data?.getData("text/uri-list") || data?.getData("text/plain") || "").trim();
  if (!/^https?:\/\/\S+$/.test(address)) return false;
  void askAddress(address);
  return true;
}

/** A picture of this page itself is at hand already; the server fetches only what is public. */
export async function askAddress(address: string): Promise<void> {
  if (new URL(address).origin !== location.origin) await askUrl(address);
  else await askFile(await (await fetch(address)).blob());
}
