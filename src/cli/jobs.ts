import type { Command } from "commander";
import type { Job } from "../index.ts";
import { importing } from "./importing.ts";
import { duration } from "./progress.ts";
import { settingsOf, withShop } from "./settings.ts";
import { printJson, table } from "./table.ts";

export function addJobs(program: Command): void {
  const jobs = program.command("jobs").description("long work on a catalog: what runs, what ran, what failed");
  jobs
    .command("ls")
    .description("list the catalog's jobs, newest first")
    .action(async (_options, command: Command) => {
      const { catalog, json } = settingsOf(command);
      const list = await withShop(command, false, async (shop) => shop.catalog(catalog).jobs());
      if (json) return printJson(list);
      const rows = list.map((job) => [
        job.jobId,
        job.kind,
        job.source ?? "",
        stateOf(job),
        job.stage,
        howFar(job),
        failed(job),
        job.started,
      ]);
      process.stdout.write(
        `${table(["job", "kind", "source", "state", "stage", "done", "failed", "started"], rows)}\n`,
      );
    });
  jobs
    .command("show")
    .description("one job: how far, how quick, how long yet, and what failed for which reason")
    .argument("<job>", "such as job-3")
    .action(async (jobId: string, _options, command: Command) => {
      const { catalog, json } = settingsOf(command);
      const job = await withShop(command, false, async (shop) => shop.catalog(catalog).job(jobId));
      if (json) return printJson(job);
      print(job);
    });
  for (const [verb, what] of [
    ["pause", "stop a job after the batch in hand; resume takes it up again"],
    ["cancel", "stop a job for good; what it has brought in stays"],
  ] as const)
    jobs
      .command(verb)
      .description(what)
      .argument("<job>", "such as job-3")
      .action(async (jobId: string, _options, command: Command) => {
        const { catalog, json } = settingsOf(command);
        const job = await withShop(command, false, async (shop) => shop.catalog(catalog).stopJob(jobId, verb));
        if (json) return printJson(job);
        process.stdout.write(`${job.jobId} ${job.request === null ? `is ${job.state}` : `was asked to ${verb}`}\n`);
      });
  for (const [verb, what] of [
    ["resume", "go on with an import that was paused or interrupted"],
    ["retry", "look again at what an import set aside, and at nothing else unless its source changed"],
  ] as const)
    jobs
      .command(verb)
      .description(what)
      .argument("<job>", "such as job-3")
      .action((jobId: string, _options, command: Command) =>
        importing(command, false, (catalog, hooks) =>
          verb === "resume" ? catalog.resumeJob(jobId, hooks) : catalog.retryJob(jobId, hooks),
        ),
      );
}

const stateOf = ({ state, request }: Job): string => (request === null ? state : `${state}, asked to ${request}`);

const failed = ({ failures }: Job): number => Object.values(failures).reduce((sum, n) => sum + n, 0);

function howFar({ state, progress }: Job): string {
  if (!progress) return "";
  const { done, total, secondsLeft } = progress;
  const left = state === "running" && secondsLeft !== null ? `, ${duration(secondsLeft)} left` : "";
  return `${total === null ? done : `${done}/${total}`}${left}`;
}

function print(job: Job): void {
  const rows: [string, string | number][] = [
    ["job", job.jobId],
    ["kind", job.kind],
    ["source", job.source ?? ""],
    ["state", stateOf(job)],
    ["stage", job.stage],
    ["done", howFar(job)],
    ["rate", job.progress && job.progress.perSecond > 0 ? `${job.progress.perSecond.toFixed(1)}/s` : ""],
    ["run", job.run],
    ["started", job.started],
    ["last seen", job.heartbeat],
    ["finished", job.finished ?? ""],
    ["error", job.error ?? ""],
    ...Object.entries(job.counts),
    ...Object.entries(job.failures).map(([code, n]): [string, number] => [`failed: ${code}`, n]),
  ];
  for (const [name, value] of rows) if (value !== "") process.stdout.write(`${name.padEnd(24)}  ${value}\n`);
}
