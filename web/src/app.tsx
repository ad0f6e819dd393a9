import { DropNow } from "./drop.tsx";
import { Header } from "./header.tsx";
import { PhotoPanel } from "./photo-panel.tsx";
import { Results } from "./results.tsx";
import { ask } from "./session.ts";
import { Start } from "./start.tsx";

export function App() {
  return (
    <>
      <Header />
      {ask.value ? (
        <main class="search">
          <PhotoPanel />
          <Results />
        </main>
      ) : (
        <Start />
      )}
      <DropNow />
    </>
  );
}
