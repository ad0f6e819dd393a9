import { expect, test } from "vitest";
import { Board } from "../../src/hamming-index/board.ts";

test("a ring that comes late, from the search before, is not taken for a thread that no longer answers", async () => {
  const board = new Board(2);
  const words = new Int32Array(board.shared.words);
  for (let round = 0; round < 3; round++) {
    board.open({ k: 5, counting: "words", queries: 1 }, 10, 1, 1, 0);
    let settled: boolean | undefined;
    const waiting = board.settled().then((value) => {
      settled = value;
    });
    for (let ring = 0; ring < 3; ring++) {
      for (let word = 0; word < 6; word++) Atomics.notify(words, word);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(settled).toBeUndefined();
    }
    board.done(4);
    board.done(6);
    await waiting;
    expect(settled).toBe(true);
  }
});
