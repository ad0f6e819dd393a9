import { workerData } from "node:worker_threads";
import { DenseCodes } from "./dense-codes.ts";
import { type FillSetup, fill } from "./fill.ts";

const { features, seed, count, job, next } = workerData as FillSetup;
fill(await DenseCodes.of(features, seed), count, job, next);
