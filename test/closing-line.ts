import type { Reporter, TestModule } from "vitest/node";

/** Prints `N passed, N failed` alone on the last line, which CI reads. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      if (module.state() === "failed" && module.children.size === 0) failed++;
      for (const test of module.children.allTests()) {
        if (test.result().state === "passed") passed++;
        if (test.result().state === "failed") failed++;
      }
    }
    // After vitest's own summary, which is printed in the same turn.
    setImmediate(() => console.log(`${passed} passed, ${failed} failed`));
  }
}
