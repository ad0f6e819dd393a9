import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { Board } from "./board.ts";
import { Scanner } from "./job.ts";

export type WorkerSetup = { thread: number; threads: number; board: SharedArrayBuffer; module: WebAssembly.Module };

const { thread, threads, board: shared, module }: WorkerSetup = workerData;
const port: MessagePort = parentPort!;
const board = new Board(threads, shared);
const scanner = new Scanner(thread, module);
let generation = -1;

function takeMemories(): void {
  for (let message = receiveMessageOnPort(port); message; message = receiveMessageOnPort(port))
    scanner.add(message.message as WebAssembly.Memory);
}

// The thread sleeps in the bell between searches and never returns to its event loop, which is why it reads its
// messages itself.
port.postMessage("ready");
for (let bell = board.bell; !board.stopped; bell = board.bell) {
  takeMemories();
  for (let ticket = board.draw(scanner.memories); ticket; ticket = board.draw(scanner.memories)) {
    if (ticket.generation !== generation) {
      scanner.reset();
      generation = ticket.generation;
    }
    scanner.scan(ticket.job, ticket.from, ticket.to);
    for (let memory = 0; memory < scanner.memories; memory++)
      if (scanner.begun(memory)) board.took(thread, memory, generation);
    board.done();
  }
  board.sleep(bell);
}
