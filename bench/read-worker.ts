import { workerData } from "node:worker_threads";
import { type ReadSetup, ReadTeam } from "./read-limit.ts";

const team = new ReadTeam(workerData as ReadSetup);
for (;;) {
  team.sleep();
  team.draw();
}
