import type { ComponentChildren } from "preact";
import { askFile } from "./session.ts";

type Props = { class: string; camera?: boolean; children: ComponentChildren };

/** A file input that looks like a button; with `camera` a phone opens its camera at once. */
export function PhotoButton({ class: look, camera = false, children }: Props) {
  return (
    <label class={look}>
      <input
        class="visually-hidden"
        type="file"
        accept="image/*"
        {...(camera ? { capture: "environment" as const } : {})}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = ""; // choosing the same file again is a new search
          if (file) void askFile(file);
        }}
      />
      {children}
    </label>
  );
}
