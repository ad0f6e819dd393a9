#!/usr/bin/env node
// Plain JavaScript that an old Node can parse: it must say its one sentence before anything else is imported.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    `NODE_TOO_OLD: looksee needs Node 24 or newer and this is ${process.version}; install it beside looksee with \`npm i node@24\` and run \`npx looksee\`.\n`,
  );
  process.exitCode = 3;
} else {
  import("../dist/cli/main.js");
}
