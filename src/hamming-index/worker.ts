import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { Board, type BoardMemory, type Ticket } from "./board.ts";
import { type CodeFile, Scanner, UnreadableFile } from "./scanner.ts";

export type WorkerSetup = { thread: number; scratches: number; board: BoardMemory; module: WebAssembly.Module };

/** What a worker is told between searches. */
export type News =
  | { kind: "memory"; memory: WebAssembly.Memory }
  | { kind: "file"; number: number; file: CodeFile }
  | { kind: "drop"; number: number };

const { thread, scratches, board: shared, module }: WorkerSetup = workerData;
const port: MessagePort = parentPort!;
const board = new Board(scratches, shared);
const scanner = new Scanner(thread, board, module);
let generation = -1;

function hearNews(): void {
  for (let message = receiveMessageOnPort(port); message; message = receiveMessageOnPort(port)) {
    const news: News = message.message;
    if (news.kind === "memory") scanner.add(news.memory);
    else if (news.kind === "file") scanner.addFile(news.number, news.file);
    else scanner.dropFile(news.number);
  }
}

function scan(ticket: Ticket): void {
  if (ticket.generation !== generation) {
    scanner.reset();
    generation = ticket.generation;
  }
  try {
    scanner.scan(ticket.job, ticket.from, ticket.to);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    board.fail(error.file); // which fails the search as a whole
  }
  for (let memory = 0; memory < scanner.memories; memory++)
    if (scanner.begun(memory)) board.took(thread, memory, generation);
  board.done(ticket.to - ticket.from);
}

// The thread sleeps in the bell between searches and never returns to its event loop, which is why it reads its
// messages itself.
port.postMessage("ready");
for (let bell = board.bell; !board.stopped; bell = board.bell) {
  hearNews();
  for (
    let ticket = board.draw(scanner.memories, scanner.files);
    ticket;
    ticket = board.draw(scanner.memories, scanner.files)
  )
    scan(ticket);
  board.sleep(bell);
}
