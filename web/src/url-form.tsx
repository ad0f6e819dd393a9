import { askAddress } from "./drop.tsx";
import { words } from "./words.ts";

export function UrlForm() {
  return (
    <form
      class="url-form"
      onSubmit={(event) => {
        event.preventDefault();
        const address = new FormData(event.currentTarget).get("url");
        if (typeof address === "string" && address) void askAddress(address);
      }}
    >
      <label>
        <span>{words.orUrl}</span>
        <input name="url" type="url" inputmode="url" required placeholder={words.urlHint} autocomplete="off" />
      </label>
      <button type="submit" class="button">
        {words.searchUrl}
      </button>
    </form>
  );
}
