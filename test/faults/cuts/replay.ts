import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { listMoments, readLog } from "./log-writes.ts";

// replay LOG: prints the moments at which the power may fail, a JSON array.
// replay LOG DISK FROM TO: writes these entries of the log to the disk, from the first on that is not there yet.
// Runs in a bed.
const [path = "", disk, from, to] = process.argv.slice(2);
const log = openSync(path, "r");
const entries = readLog(log);
if (disk === undefined) process.stdout.write(`${JSON.stringify(listMoments(entries))}\n`);
else {
  const target = openSync(disk, "r+");
  for (const { offset, length, data } of entries.slice(Number(from), Number(to))) {
    // A disk may go on giving what was discarded.
    if (data === undefined) continue;
    const bytes = Buffer.alloc(length);
    readSync(log, bytes, 0, length, data);
    writeSync(target, bytes, 0, length, offset);
  }
  closeSync(target);
}
