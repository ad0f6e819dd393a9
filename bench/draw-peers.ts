import type { PeersRun } from "./looksee.ts";
import { plot, savePlot } from "./plot.ts";

/** A logarithm has no room for 0: what misses less is drawn here. */
const LEAST_MISSED = 1e-4;

/** What is missed against time, and bytes against time of what finds 0.99 and more of the first 60; at the most threads. */
export function drawPeers(folder: string, runs: readonly PeersRun[]): void {
  const threads = Math.max(...runs.map((run) => run.threads));
  const counted = runs.filter((run) => run.threads === threads && run.counted);
  const named = (run: PeersRun): string => `${run.engine} ${run.mode}`;
  const series = (some: readonly PeersRun[], point: (run: PeersRun) => readonly [number, number]) =>
    [...new Set(some.map(named))].map((name) => ({
      name,
      points: some
        .filter((run) => named(run) === name)
        .sort((a, b) => a.msP50 - b.msP50)
        .map(point),
    }));
  const codes = runs[0]!.codes.toLocaleString("en");
  const time = { label: `ms for the 1,200 nearest, p50, ${threads} threads`, log: true };
  savePlot(
    folder,
    "recall-time",
    plot({
      title: `Share missed of the true 1,200 nearest, ${codes} codes (down and left is better)`,
      x: time,
      y: { label: `1 - recall@1200 (${LEAST_MISSED} and less at the bottom)`, log: true },
      series: series(counted, (run) => [run.msP50, Math.max(LEAST_MISSED, 1 - run.recall["1200"])]),
    }),
  );
  const good = counted.filter((run) => run.recall["60"] >= 0.99 && run.bytesPerItem > 0);
  savePlot(
    folder,
    "bytes-time",
    plot({
      title: `Bytes a code in memory of what finds 0.99 of the nearest 60, ${codes} codes`,
      x: time,
      y: { label: "bytes a code", log: true },
      series: series(good, (run) => [run.msP50, run.bytesPerItem]),
    }),
  );
}
